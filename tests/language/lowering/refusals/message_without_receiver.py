from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, action, durable, send, volatile

class Vote(Message):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        send(Vote(term=1), to=self)

servers = Group(Server, 3)
