from __future__ import annotations

from typing import Annotated

from quorate import Group, Process, Range, Record, action, durable

class Entry(Record):
    term: Annotated[int, Range(0, 3)]

class Server(Process):
    entry: Entry = durable(Entry(term=0))

    @action
    def act(self) -> None:
        self.entry.term = 1

servers = Group(Server, 3)
