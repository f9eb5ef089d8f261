from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, volatile

class Server(Process):
    votes: set[Server] = volatile(set())
    terms: dict[Server, Annotated[int, Range(0, 3)]] = volatile({})

    @action
    def act(self) -> None:
        names = self.terms.keys()
        self.votes = set(names)

servers = Group(Server, 3)
