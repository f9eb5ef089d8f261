from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action

class Server(Process):
    term: Annotated[int, Range(0, 3)]

    @action
    def act(self) -> None:
        self.term += 1

servers = Group(Server, 3)
