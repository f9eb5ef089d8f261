from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, volatile

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        votes: set[Server] = set()
        for server in servers:
            votes.add(server)
            self.votes = votes

servers = Group(Server, 3)
