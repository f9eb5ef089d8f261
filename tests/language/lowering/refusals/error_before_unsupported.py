from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, volatile

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def first(self) -> None:
        self.term = pow(2, self.term)

    @action
    def second(self) -> None:
        while True:
            pass

servers = Group(Server, 3)
