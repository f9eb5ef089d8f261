"""Linearizable: each operation takes effect at one moment between its begin and its end, and returns what the object says
then.

An operation that never ends may take effect at any moment after its begin, or never.

Source: Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects" (1990), section 2.

Kept are the ways in which the operations may have taken effect (the paper's "possibilities", section 4), not the history: all
of them, so that histories of which the same is possible are one state.
"""

from __future__ import annotations

from quorate import Record, Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Content, Operation, Result, effect, enabled
from quorate.properties.guarantees.operations import operations


class Possibility(Record):
    "One way in which the operations may have taken effect."

    content: Content  # of the object
    taken: dict[Client, Result]  # what those return that are open and have taken effect

    def after(self, client: Client, operation: Operation) -> Possibility:
        "The same once this client's operation has taken effect, too."
        content, result = effect(self.content, operation)
        return Possibility(content, self.taken | {client: result})

    def without(self, client: Client) -> Possibility:
        return Possibility(self.content, {other: result for other, result in self.taken.items() if other is not client})


class Linearizable(Shared):
    possible: set[Possibility] = ghost({Possibility(FIRST, {})})  # with any of the open ones, in any order

    def began(self, client: Client) -> None:
        for _ in range(len(operations.open)):
            self.possible = self.possible | {
                p.after(other, operation)
                for p in self.possible
                for other, operation in operations.open.items()
                if other not in p.taken and enabled(p.content, operation)
            }

    def ended(self, client: Client) -> None:
        self.possible = {p.without(client) for p in self.possible if client in p.taken}

    def returned(self, client: Client, result: Result) -> None:
        self.possible = {p.without(client) for p in self.possible if client in p.taken and p.taken[client] == result}

    def failed(self, client: Client) -> None:
        self.possible = {p for p in self.possible if client not in p.taken}


monitor = Linearizable.single()


@always
def linearizable() -> bool:
    "Each operation takes effect at one moment between its begin and its end."
    return all(len(monitor.possible) > 0 for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|
2:                   |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) --------------------------------|
2:    |-- read() = 1 --|
3:    |---------------- read() = 0 --|
"""
