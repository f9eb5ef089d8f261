from __future__ import annotations

from quorate import Group, Process, action, volatile

class Server(Process):
    votes: set[Server] = volatile(set())
    leader: Server | None = volatile(None)

    @action
    def act(self) -> None:
        for server in self.votes:
            self.leader = server

servers = Group(Server, 3)
