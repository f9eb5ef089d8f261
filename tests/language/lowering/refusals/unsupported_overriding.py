from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, require


class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)

    def ready(self) -> bool:
        return self.term > 0


class Leader(Server):
    def ready(self) -> bool:
        return True


@action
def act(server: Server) -> None:
    require(server.ready())
    server.term = 0

servers = Group(Server, 3)
leader = Leader.single()
