from __future__ import annotations

from typing import Annotated

from quorate import Group, Max, Process, Range, action, durable

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    log: Annotated[list[Annotated[int, Range(0, 2)]], Max(3)] = durable([])

    @action
    def act(self) -> None:
        self.term = self.log.pop() + 1

servers = Group(Server, 3)
