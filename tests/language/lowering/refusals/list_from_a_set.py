from __future__ import annotations

from typing import Annotated

from quorate import Group, Max, Process, action, volatile

class Server(Process):
    votes: set[Server] = volatile(set())
    order: Annotated[list[Server], Max(3)] = volatile([])

    @action
    def act(self) -> None:
        self.order = [s for s in self.votes]

servers = Group(Server, 3)
