"""Regular register: a read returns the last value written before it began, or one that is being written while it goes on.

Two reads during one write may return the new value and then the old one, which a linearizable register may not. Writes are
one after the other; to fail is not defined for them.

Source: Lamport, "On Interprocess Communication" (1986), part II, section 3.
"""

from __future__ import annotations

from quorate import Shared, always, ghost
from quorate.properties.guarantees.given import FIRST, Client, Result, Value, answers
from quorate.properties.guarantees.operations import operations


class Regular(Shared):
    last: Value = ghost(FIRST)  # whose write ended last
    may: set[tuple[Client, Value]] = ghost(set())  # what each read that is open may return
    allowed: bool = ghost(True)

    def began(self, client: Client) -> None:
        operation = operations.open[client]
        writing = {o.value for o in operations.open.values() if not answers(o)}
        if answers(operation):
            self.may |= {(client, value) for value in writing | {self.last}}
        else:
            others = {c for c, o in operations.open.items() if not answers(o)} - {client}
            assert len(others) == 0, "a regular register is written by one at a time"
            self.may |= {(reader, operation.value) for reader, o in operations.open.items() if answers(o)}

    def ended(self, client: Client) -> None:
        self.last = operations.open[client].value

    def returned(self, client: Client, result: Result) -> None:
        self.allowed = self.allowed and (client, result) in self.may
        self.may = {(reader, value) for reader, value in self.may if reader is not client}

    def failed(self, client: Client) -> None:
        assert answers(operations.open[client]), "a regular register does not say what a write that failed means"
        self.may = {(reader, value) for reader, value in self.may if reader is not client}


monitor = Regular.single()


@always
def regular() -> bool:
    "A read returns the last value written before it, or one that is being written meanwhile."
    return all(monitor.allowed for ended in [operations.ended] if ended)


BREAKS = """
1: |-- write(1) --|
2:                   |-- read() = 0 --|
"""
ALLOWS = """
1: |-- write(1) ----------------------------------------|
2:    |-- read() = 1 --|
3:                        |-- read() = 0 --|
"""
