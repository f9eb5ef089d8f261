from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, action, durable, old, require, step

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    leader: Server | None = durable(None)

    @action
    def act(self) -> None:
        require(self.term < 3)
        self.term += 1

servers = Group(Server, 3)


@step
def prop() -> bool:
    return all(old(s).leader is s.leader for s in servers)
