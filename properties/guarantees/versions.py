"""Values that are each written once: so whoever reads one says which write it was. And what comes before what, as pairs."""

from __future__ import annotations

from quorate import Shared, ghost
from quorate.properties.guarantees.given import FIRST, Client, Value, answers
from quorate.properties.guarantees.operations import operations


class Versions(Shared):
    written: set[Value] = ghost(set())

    def began(self, client: Client) -> None:
        operation = operations.open[client]
        if not answers(operation):
            assert operation.value != FIRST, "this guarantee needs values of their own: what was there at first is written"
            assert operation.value not in self.written, "this guarantee needs values of their own: one is written twice"
            self.written.add(operation.value)


def closed(before: set[tuple[Value, Value]]) -> set[tuple[Value, Value]]:
    "What comes before what, over any number of pairs; something comes before itself where they contradict each other."
    for _ in range(len(before)):
        before = before | {(first, last) for first, one in before for other, last in before if one == other}
    return before


versions = Versions.single()
