"""A register with compare-and-swap: `cas(old, new)` replaces the value if it is `old`.

It ends where it replaced the value, and fails where it did not. A failure says only that nothing changed: it may be spurious.

Source: Herlihy, "Wait-Free Synchronization" (1991), section 2.
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import Record
from quorate.properties.objects.given import FIRST, Value

Content = Value
Result = Value


class Kind(Enum):
    READ = auto()
    WRITE = auto()
    CAS = auto()


class Operation(Record):
    kind: Kind
    old: Value  # that a compare-and-swap expects
    value: Value  # that a write or a compare-and-swap writes


def write(value: Value) -> Operation:
    return Operation(Kind.WRITE, FIRST, value)


def read() -> Operation:
    return Operation(Kind.READ, FIRST, FIRST)


def cas(old: Value, new: Value) -> Operation:
    return Operation(Kind.CAS, old, new)


def answers(operation: Operation) -> bool:
    return operation.kind is Kind.READ


def enabled(content: Content, operation: Operation) -> bool:
    return operation.kind is not Kind.CAS or content == operation.old


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    if operation.kind is Kind.READ:
        return content, content
    return operation.value, operation.value
