"""Bounded staleness: a read returns one of the last values, at most k writes behind the last one that had ended when it
began.

`History(register, staleness=k)` says how many, 1 where nothing is said; with 0 it is a regular register. Writes are one
after the other; to fail is not defined for them.

Source: Aiyer, Alvisi & Bazzi, "On the Availability of Non-strict Quorum Systems" (2005), section 2: k-atomic and k-regular.
"""

from __future__ import annotations

from typing import Annotated

from quorate import Max, Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, STALENESS, Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations


class BoundedStaleness(Shared):
    recent: Annotated[list[Value], Max(STALENESS + 1)] = ghost([FIRST])  # whose writes ended last, the last one last
    may: set[tuple[Client, Value]] = ghost(set())  # what each read that is open may return
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        operation = operations.open[client]
        writing = {o.value for o in operations.open.values() if not answers(o)}
        if answers(operation):
            self.may |= {(client, value) for value in writing | set(self.recent)}
        else:
            others = {c for c, o in operations.open.items() if not answers(o)} - {client}
            assert len(others) == 0, "bounded staleness is of a register that is written by one at a time"
            self.may |= {(reader, operation.value) for reader, o in operations.open.items() if answers(o)}

    def ended(self, client: Client) -> None:
        kept = self.recent[1:] if len(self.recent) > STALENESS else self.recent
        self.recent = [*kept, operations.open[client].value]

    def returned(self, client: Client, result: Result) -> None:
        self.allowed = self.allowed and (client, result) in self.may
        self.may = {(reader, value) for reader, value in self.may if reader is not client}

    def failed(self, client: Client) -> None:
        assert answers(operations.open[client]), "bounded staleness does not say what a write that failed means"
        self.may = {(reader, value) for reader, value in self.may if reader is not client}


monitor = BoundedStaleness.single()


@always
def bounded_staleness() -> bool:
    "A read is at most k writes behind the last one that had ended when it began."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|  |-- write(2) --|
2:                                     |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) --|  |-- write(2) --|
2:                                     |-- read() = 1 --|
"""
