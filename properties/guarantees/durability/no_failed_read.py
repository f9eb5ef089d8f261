"""No failed write is read: what a write was to write that failed is returned by no read, before or after.

Each value is written once, and not the first one: so a read says which write it saw.

Source: Adya, "Weak Consistency: A Generalized Theory and Optimistic Implementations for Distributed Transactions" (1999),
section 3.1: aborted reads, G1a.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations


class NoFailedRead(Shared):
    read: set[Value] = ghost(set())
    gone: set[Value] = ghost(set())  # whose write failed
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        "Only what ends is seen."

    def ended(self, client: Client) -> None:
        "What is written may be read."

    def returned(self, client: Client, result: Result) -> None:
        self.read.add(result)
        self.allowed = self.allowed and result not in self.gone

    def failed(self, client: Client) -> None:
        operation = operations.open[client]
        if not answers(operation):
            self.gone.add(operation.value)
            self.allowed = self.allowed and operation.value not in self.read


monitor = NoFailedRead.single()


@always
def no_failed_read() -> bool:
    "No failed write is read."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --x
2:                   |-- read() = 1 --|
"""
ALLOWS = """
1: |-- write(1) --x
2:                   |-- read() = 0 --|
"""
