from __future__ import annotations

from typing import Annotated

from quorate import Group, Max, Process, action, durable

class Server(Process):
    groups: Annotated[list[set[Server]], Max(2)] = durable([])

    @action
    def act(self) -> None:
        for group in self.groups:
            group.add(self)

servers = Group(Server, 3)
