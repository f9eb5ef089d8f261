"""A set: `add` puts a value into it, `remove` takes one out, `read` returns all that are in it.

Source: Shapiro et al., "A Comprehensive Study of Convergent and Commutative Replicated Data Types" (2011), section 3.3.
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import Record
from quorate.properties.objects.given import Value

Content = frozenset[Value]
Result = frozenset[Value]
FIRST: frozenset[Value] = frozenset()


class Kind(Enum):
    READ = auto()
    ADD = auto()
    REMOVE = auto()


class Operation(Record):
    kind: Kind
    value: Value | None


def add(value: Value) -> Operation:
    return Operation(Kind.ADD, value)


def remove(value: Value) -> Operation:
    return Operation(Kind.REMOVE, value)


def read() -> Operation:
    return Operation(Kind.READ, None)


def answers(operation: Operation) -> bool:
    return operation.kind is Kind.READ


def enabled(content: Content, operation: Operation) -> bool:
    return True


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    if operation.value is None:
        return content, content
    if operation.kind is Kind.ADD:
        return content | {operation.value}, content
    return content - {operation.value}, content
