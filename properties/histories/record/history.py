"""A recorded history: operations of clients on one object, as intervals in the order of what was recorded.

Read next: `pairing.py`, which makes it out of events; `objects/sequential.py`, what an object is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.language.errors import Place
    from quorate.properties.histories.record.values import Value


@dataclass(frozen=True, slots=True)
class Pending:
    """The result of an operation that nobody saw end."""


PENDING = Pending()


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of a client, from the event that begins it to the event that ends it.

    An indeterminate one (`ends` is None, its result PENDING) may take effect at any time after it began, or never. One whose
    result alone is PENDING may have taken effect between its beginning and its end, with whatever result, or not.
    """

    number: int  # in the order in which they begin
    client: str
    session: int  # of the client: one that crashed is a new one afterwards
    function: str
    argument: Value
    result: Value
    key: Value
    begins: int  # the events' numbers: what ends before another begins comes first
    ends: int | None
    where: Place

    @property
    def optional(self) -> bool:
        """Say whether it may have happened, or not."""
        return self.result is PENDING

    def deadline(self) -> float:
        """Return when it has to have taken effect, if it does at all."""
        return float("inf") if self.ends is None else self.ends

    def before(self, other: Operation) -> bool:
        """Say whether this one had ended when the other began."""
        return self.ends is not None and self.ends < other.begins


@dataclass(frozen=True, slots=True)
class History:
    """All operations that happened, or may have, in the order in which they begin."""

    file: str
    operations: tuple[Operation, ...]
    keys: tuple[Value, ...]  # in the order in which they come; one, None, where the object is not divided
    notes: tuple[str, ...] = ()  # what was left out in reading, and why

    @property
    def indeterminate(self) -> int:
        return sum(operation.ends is None for operation in self.operations)

    @property
    def clients(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(operation.client for operation in self.operations))
