"""A queue: `enqueue` adds a value at its end, `dequeue` takes the first one out and returns it, or None where there is none.

Source: Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects" (1990), section 1.1.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import Range, Record
from quorate.properties.objects.given import MOST, Value

Place = Annotated[int, Range(0, MOST - 1)]
Content = dict[Place, Value]  # the first at 0
Result = Value | None
FIRST: dict[Place, Value] = {}


class Kind(Enum):
    ENQUEUE = auto()
    DEQUEUE = auto()


class Operation(Record):
    kind: Kind
    value: Value | None  # that is added


def enqueue(value: Value) -> Operation:
    return Operation(Kind.ENQUEUE, value)


def dequeue() -> Operation:
    return Operation(Kind.DEQUEUE, None)


def answers(operation: Operation) -> bool:
    return operation.kind is Kind.DEQUEUE


def enabled(content: Content, operation: Operation) -> bool:
    return True


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    if operation.value is not None:
        return content | {len(content): operation.value}, None
    return {place: content[place + 1] for place in range(MOST - 1) if place + 1 in content}, content.get(0)
