"""A register: `write` replaces its value, `read` returns it.

Source: Lamport, "On Interprocess Communication" (1986), part II.
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import Record
from quorate.properties.objects.given import FIRST, Value

Content = Value  # what the object holds
Result = Value  # what an operation may return


class Kind(Enum):
    READ = auto()
    WRITE = auto()


class Operation(Record):
    kind: Kind
    value: Value  # that a write writes


def write(value: Value) -> Operation:
    return Operation(Kind.WRITE, value)


def read() -> Operation:
    return Operation(Kind.READ, FIRST)


def answers(operation: Operation) -> bool:
    "Whether the operation returns something."
    return operation.kind is Kind.READ


def enabled(content: Content, operation: Operation) -> bool:
    "Whether the operation can take effect now."
    return True


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    "What the object holds afterwards, and what the operation returns."
    if operation.kind is Kind.WRITE:
        return operation.value, operation.value
    return content, content
