from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, require, volatile

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        name = "leader"
        require(name == "leader")

servers = Group(Server, 3)
