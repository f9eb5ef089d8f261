"""Values by key: `put` replaces the value of a key, `get` returns it, or None where there is none, `delete` removes it.

Source: DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store" (2007), section 4.1, for the operations.
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import Record
from quorate.properties.objects.given import Key, Value

Content = dict[Key, Value]
Result = Value | None
FIRST: dict[Key, Value] = {}


class Kind(Enum):
    GET = auto()
    PUT = auto()
    DELETE = auto()


class Operation(Record):
    kind: Kind
    key: Key
    value: Value | None  # that is put


def put(key: Key, value: Value) -> Operation:
    return Operation(Kind.PUT, key, value)


def get(key: Key) -> Operation:
    return Operation(Kind.GET, key, None)


def delete(key: Key) -> Operation:
    return Operation(Kind.DELETE, key, None)


def answers(operation: Operation) -> bool:
    return operation.kind is Kind.GET


def enabled(content: Content, operation: Operation) -> bool:
    return True


def effect(content: Content, operation: Operation) -> tuple[Content, Result]:
    if operation.kind is Kind.GET:
        return content, content.get(operation.key)
    if operation.value is not None:
        return content | {operation.key: operation.value}, None
    return {key: value for key, value in content.items() if key != operation.key}, None
