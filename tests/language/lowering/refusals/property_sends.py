from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, action, always, durable, require, send, volatile

class Vote(Message):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        require(self.term < 3)
        self.term += 1

servers = Group(Server, 3)


@always
def prop() -> bool:
    send(Vote(term=1), to=servers[0], sender=servers[1])
    return True
