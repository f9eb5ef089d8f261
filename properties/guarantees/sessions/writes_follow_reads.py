"""Writes follow reads: what a client writes after it has read a value is seen after that value, by everybody.

So who has read the write reads that value no more. Each value is written once, and not the first one: so a read says which
write it saw.

Nor does anybody read what nobody has begun to write.

Source: Terry, Demers, Petersen, Spreitzer, Theimer & Welch, "Session Guarantees for Weakly Consistent Replicated Data"
(1994), section 3.3.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations
from quorate.properties.guarantees.versions import versions


class WritesFollowReads(Shared):
    seen: set[tuple[Client, Value]] = ghost(set())
    order: set[tuple[Value, Value]] = ghost(set())  # some client had read the first when it wrote the second
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        operation = operations.open[client]
        if not answers(operation):
            read = {value for reader, value in self.seen if reader is client and value != FIRST}
            self.order |= {(value, operation.value) for value in read}

    def ended(self, client: Client) -> None:
        "A write is in its place since it began."

    def returned(self, client: Client, result: Result) -> None:
        later = {value for reader, value in self.seen if reader is client}
        begun = result == FIRST or result in versions.written
        self.allowed = self.allowed and begun and not any((result, value) in self.order for value in later)
        self.seen.add((client, result))

    def failed(self, client: Client) -> None:
        "Who reads what failed reads it in its order, too."


monitor = WritesFollowReads.single()


@always
def writes_follow_reads() -> bool:
    "What a client writes is seen after what it had read."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|
2:                   |-- read() = 1 --|  |-- write(2) --|
3:                                          |-- read() = 2 --|  |-- read() = 1 --|
"""
ALLOWS = """
1: |-- write(1) --|
2:                   |-- read() = 1 --|  |-- write(2) --|
3:                                          |-- read() = 2 --|  |-- read() = 0 --|
"""
