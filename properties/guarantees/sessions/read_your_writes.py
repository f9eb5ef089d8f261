"""Read your writes: what a client reads is one of its own writes that ended, or newer than all of them.

There is one order of all values, the first one first, along which that is so for every client. Each value is written once,
and not the first one: so a read says which write it saw.

Source: Terry, Demers, Petersen, Spreitzer, Theimer & Welch, "Session Guarantees for Weakly Consistent Replicated Data"
(1994), section 3.1.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value
from quorate.properties.guarantees.operations import operations
from quorate.properties.guarantees.versions import closed


class ReadYourWrites(Shared):
    wrote: set[tuple[Client, Value]] = ghost(set())
    before: set[tuple[Value, Value]] = ghost(set())  # the first is older than the second
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        "Only what ended counts."

    def ended(self, client: Client) -> None:
        self.wrote.add((client, operations.open[client].value))
        self.before = closed(self.before | {(FIRST, operations.open[client].value)})

    def returned(self, client: Client, result: Result) -> None:
        own = {value for writer, value in self.wrote if writer is client}
        self.before = closed(self.before | {(value, result) for value in own if value != result})
        self.allowed = self.allowed and (result, result) not in self.before

    def failed(self, client: Client) -> None:
        "What failed wrote nothing."


monitor = ReadYourWrites.single()


@always
def read_your_writes() -> bool:
    "What a client reads is not older than what it had written."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|  |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) --|  |-- read() = 2 --|
2: |-- write(2) --|
3:                   |-- read() = 0 --|
"""
