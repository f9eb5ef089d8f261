"""A lock: `acquire` takes it, and waits while somebody has it; `release` gives it back.

Source: Lamport, "A New Solution of Dijkstra's Concurrent Programming Problem" (1974), for mutual exclusion.
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import Record

Content = bool  # whether somebody has it
Result = bool
FIRST = False


class Kind(Enum):
    ACQUIRE = auto()
    RELEASE = auto()


class Operation(Record):
    kind: Kind


def acquire() -> Operation:
    return Operation(Kind.ACQUIRE)


def release() -> Operation:
    return Operation(Kind.RELEASE)


def answers(operation: Operation) -> bool:
    return False


def enabled(content: Content, operation: Operation) -> bool:
    return content == (operation.kind is Kind.RELEASE)


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    return operation.kind is Kind.ACQUIRE, True
