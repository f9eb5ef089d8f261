from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, ghost, require

class Server(Process):
    terms: Annotated[int, Range(0, 3)] = ghost(0)

    @action
    def act(self) -> None:
        require(self.terms < 2)
        self.terms += 1

servers = Group(Server, 3)
