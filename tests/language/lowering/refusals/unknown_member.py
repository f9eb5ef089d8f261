from __future__ import annotations

from enum import Enum, auto

from quorate import Group, Process, action, durable

class Role(Enum):
    FOLLOWER = auto()
    LEADER = auto()

class Server(Process):
    role: Role = durable(Role.FOLLOWER)

    @action
    def act(self) -> None:
        self.role = Role.LEADR

servers = Group(Server, 3)
