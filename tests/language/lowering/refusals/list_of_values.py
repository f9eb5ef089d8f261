from __future__ import annotations

from typing import Annotated

from quorate import Group, Max, Process, Range, action, volatile

class Server(Process):
    terms: dict[Server, Annotated[int, Range(0, 3)]] = volatile({})
    order: Annotated[list[Annotated[int, Range(0, 3)]], Max(3)] = volatile([])

    @action
    def act(self) -> None:
        self.order = list(self.terms.values())

servers = Group(Server, 3)
