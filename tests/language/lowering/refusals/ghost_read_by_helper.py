from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, ghost, require

class Server(Process):
    terms: Annotated[int, Range(0, 3)] = ghost(0)

    def many(self) -> bool:
        return self.terms > 1

    @action
    def act(self) -> None:
        require(not self.many())
        self.terms += 1

servers = Group(Server, 3)
