from __future__ import annotations

from typing import Annotated

from quorate import Group, Max, Process, Range, action, durable

class Server(Process):
    log: Annotated[list[Annotated[int, Range(0, 2)]], Max(3)] = durable([])

    @action
    def act(self) -> None:
        self.log[1:] = []

servers = Group(Server, 3)
