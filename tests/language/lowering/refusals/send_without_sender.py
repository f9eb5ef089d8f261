from __future__ import annotations

from typing import Annotated

from quorate import Group, Message, Process, Range, action, receive, send

class Vote(Message):
    term: Annotated[int, Range(0, 3)]


class Server(Process):
    @receive
    def on_vote(self, m: Vote) -> None:
        pass


@action
def act(server: Server) -> None:
    send(Vote(term=1), to=server)

servers = Group(Server, 3)
