from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, volatile

class Server(Process):
    terms: dict[Server, Annotated[int, Range(0, 3)]] = volatile({})
    term: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def act(self) -> None:
        for server, term in self.terms.items():
            self.term = term

servers = Group(Server, 3)
