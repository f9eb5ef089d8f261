from __future__ import annotations

from enum import Enum, auto

from quorate import Group, Process, action, durable, require

class Role(Enum):
    FOLLOWER = auto()
    LEADER = auto()

class Server(Process):
    role: Role = durable(Role.FOLLOWER)

    @action
    def act(self) -> None:
        require(self.role < Role.LEADER)

servers = Group(Server, 3)
