from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, volatile

def down(n: int) -> int:
    return 0 if n == 0 else down(n - 1)

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        self.term = down(self.term)

servers = Group(Server, 3)
