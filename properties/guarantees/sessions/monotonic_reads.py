"""Monotonic reads: what a client reads is never older than what it had read before.

Which of two values is older is what the reads themselves say: there is one order of all values, the first one first, along
which every client reads. Each value is written once, and not the first one: so a read says which write it saw.

Source: Terry, Demers, Petersen, Spreitzer, Theimer & Welch, "Session Guarantees for Weakly Consistent Replicated Data"
(1994), section 3.2.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value
from quorate.properties.guarantees.operations import operations
from quorate.properties.guarantees.versions import closed


class MonotonicReads(Shared):
    last: dict[Client, Value] = ghost({})  # that each client read
    before: set[tuple[Value, Value]] = ghost(set())  # some client read the first before the second
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        "Only what ends is seen."

    def ended(self, client: Client) -> None:
        "Only reads are seen."

    def returned(self, client: Client, result: Result) -> None:
        last = self.last.get(client, FIRST)
        self.before = closed(self.before | {(value, result) for value in {last, FIRST} if value != result})
        self.allowed = self.allowed and (result, result) not in self.before
        self.last[client] = result

    def failed(self, client: Client) -> None:
        "What failed is not seen."


monitor = MonotonicReads.single()


@always
def monotonic_reads() -> bool:
    "What a client reads is never older than what it had read before."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) -------------------------------------------|
2:    |-- read() = 1 --|  |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) --|  |-- write(2) --|
2:                                     |-- read() = 1 --|  |-- read() = 2 --|
3:                                     |-- read() = 0 --|  |-- read() = 1 --|
"""
