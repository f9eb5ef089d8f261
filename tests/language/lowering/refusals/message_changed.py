from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, durable, receive, volatile

class Names(Message):
    names: set[Server]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @receive
    def on_names(self, m: Names) -> None:
        m.names.add(self)

servers = Group(Server, 3)
