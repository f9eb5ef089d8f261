from __future__ import annotations

from quorate import Group, Process, action, durable

class Server(Process):
    count: int = durable(0)

    @action
    def act(self) -> None:
        self.count += 1

servers = Group(Server, 3)
