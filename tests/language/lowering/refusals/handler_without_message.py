from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, durable, receive, volatile

class Vote(Message):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @receive
    def on_vote(self) -> None:
        pass

servers = Group(Server, 3)
