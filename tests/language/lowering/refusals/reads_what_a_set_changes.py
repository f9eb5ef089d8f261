from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, volatile

class Server(Process):
    votes: set[Server] = volatile(set())
    seen: set[Server] = volatile(set())
    term: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def act(self) -> None:
        for server in self.votes:
            if self.term < 2:
                self.term += 1
                self.seen.add(server)

servers = Group(Server, 3)
