"""No acknowledged write is lost: a read that begins after a write has ended returns its value, or none that was older.

A value is older that had been written before that write began. Each value is written once, and not the first one: so a read
says which write it saw.

Source: Gray & Reuter, "Transaction Processing: Concepts and Techniques" (1993), section 1.2: durability.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations


class NoLostWrite(Shared):
    over: set[Value] = ghost({FIRST})  # whose write has ended
    older: set[tuple[Value, Value]] = ghost(set())  # the write of the first had ended when that of the second began
    stale: set[Value] = ghost(set())  # older than a write that has ended
    barred: set[tuple[Client, Value]] = ghost(set())  # what each read that is open may not return
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        operation = operations.open[client]
        if answers(operation):
            self.barred |= {(client, value) for value in self.stale}
        else:
            self.older |= {(value, operation.value) for value in self.over}

    def ended(self, client: Client) -> None:
        value = operations.open[client].value
        self.over.add(value)
        self.stale |= {old for old, new in self.older if new == value}

    def returned(self, client: Client, result: Result) -> None:
        self.allowed = self.allowed and (client, result) not in self.barred
        self.barred = {(reader, value) for reader, value in self.barred if reader is not client}

    def failed(self, client: Client) -> None:
        self.barred = {(reader, value) for reader, value in self.barred if reader is not client}


monitor = NoLostWrite.single()


@always
def no_lost_write() -> bool:
    "No acknowledged write is lost: who reads later reads nothing older."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|
2:                   |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) --|
2:             |-- read() = 0 --|
"""
