from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, always, choose, durable, require, volatile

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
    return choose(servers).term < 3
