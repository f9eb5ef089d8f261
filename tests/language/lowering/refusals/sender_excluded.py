from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, action, durable, receive, send, volatile

class Vote(Message):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    term: Annotated[int, Range(0, 3)] = durable(0)
    votes: set[Server] = volatile(set())

    @action
    def act(self) -> None:
        send(Vote(term=1), to=self)

    @receive
    def on_vote(self, m: Vote, sender: Client) -> None:
        pass

class Client(Process):
    done: bool = durable(False)

servers = Group(Server, 3)
client = Client.single()
