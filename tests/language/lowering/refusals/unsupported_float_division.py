from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, volatile

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        self.term = self.term / 2

servers = Group(Server, 3)
