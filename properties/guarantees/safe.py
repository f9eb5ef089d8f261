"""Safe register: a read during which nothing is being written returns the last value written before it; another one, anything.

Writes are one after the other; to fail is not defined for them.

Source: Lamport, "On Interprocess Communication" (1986), part II, section 3.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations


class Safe(Shared):
    last: Value = ghost(FIRST)  # whose write ended last
    disturbed: set[Client] = ghost(set())  # whose read is open, and something was being written meanwhile
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        writers = {c for c, o in operations.open.items() if not answers(o)}
        if not answers(operations.open[client]):
            assert writers == {client}, "a safe register is written by one at a time"
            self.disturbed |= {reader for reader, o in operations.open.items() if answers(o)}
        elif len(writers) > 0:
            self.disturbed.add(client)

    def ended(self, client: Client) -> None:
        self.last = operations.open[client].value

    def returned(self, client: Client, result: Result) -> None:
        self.allowed = self.allowed and (client in self.disturbed or result == self.last)
        self.disturbed.discard(client)

    def failed(self, client: Client) -> None:
        assert answers(operations.open[client]), "a safe register does not say what a write that failed means"
        self.disturbed.discard(client)


monitor = Safe.single()


@always
def safe() -> bool:
    "A read during which nothing is being written returns the last value written."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|
2:                   |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) ---------|
2:    |-- read() = 2 --|
"""
