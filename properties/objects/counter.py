"""A counter: `increment` adds one, `read` returns the number.

Source: Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects" (1990), section 2: objects.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import Range, Record
from quorate.properties.objects.given import FIRST, MOST

Content = Annotated[int, Range(0, MOST)]
Result = Content


class Kind(Enum):
    READ = auto()
    INCREMENT = auto()


class Operation(Record):
    kind: Kind


def increment() -> Operation:
    return Operation(Kind.INCREMENT)


def read() -> Operation:
    return Operation(Kind.READ)


def answers(operation: Operation) -> bool:
    return operation.kind is Kind.READ


def enabled(content: Content, operation: Operation) -> bool:
    return True


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    if operation.kind is Kind.READ:
        return content, content
    return content + 1, FIRST
