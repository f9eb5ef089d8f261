from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    best: Annotated[int, Range(0, 3)] | None = durable(None)

    @action
    def act(self) -> None:
        self.term = self.best

servers = Group(Server, 3)
