"""Abstract objects, as one sequential client would see them: what the operations of a history are on.

Each class has the operations of one object, for models and their type checkers. What they do is a page in the modelling
language, `properties/objects/`, which `pages.py` specialises to the object's types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from quorate.language.declare import Record
from quorate.language.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

K = TypeVar("K")
V = TypeVar("V")

Operation = Record  # one call, with its arguments


class Sequential:
    """What all objects have in common: the page with their meaning, and what they give to it."""

    page: ClassVar[str]
    last_written: ClassVar[bool] = False  # what it returns was written whole by one operation, or was there at first

    def __init__(self, **given: object) -> None:
        self.given: Mapping[str, object] = given
        self.functions: Mapping[str, Callable[..., object]] = {}  # of the page, once a history has specialised it
        self.calls: dict[Operation, tuple[str, tuple[object, ...]]] = {}  # by which call each operation was made

    def operation(self, name: str, *arguments: object) -> Operation:
        """Return an operation of the page. Errors: ModelError where the object has no history."""
        if name not in self.functions:
            raise ModelError("this object has no history", None, "write `history = History(...)` of it at the top level")
        made = cast("Operation", self.functions[name](*arguments))
        self.calls[made] = name, arguments
        return made


class Register(Sequential, Generic[V]):
    """`Register(Version, initial=0)`: one value of a type, which `write` replaces and `read` returns."""

    page = "register"
    last_written = True

    def __init__(self, values: object, *, initial: V) -> None:
        super().__init__(Value=values, FIRST=initial)

    def write(self, value: V) -> Operation:
        """Return the operation that replaces the value."""
        return self.operation("write", value)

    def read(self) -> Operation:
        """Return the operation that returns the value."""
        return self.operation("read")


class CasRegister(Register[V]):
    """A register with `cas(old, new)`, which replaces the value if it is `old`; where it is not, the history hears `fail`."""

    page = "cas_register"
    last_written = False

    def cas(self, old: V, new: V) -> Operation:
        """Return the operation that replaces one value by another."""
        return self.operation("cas", old, new)


class Counter(Sequential):
    """`Counter(most=3)`: a number from 0, to which `increment` adds one, and which `read` returns."""

    page = "counter"

    def __init__(self, *, most: int) -> None:
        super().__init__(FIRST=0, MOST=most)

    def increment(self) -> Operation:
        """Return the operation that adds one."""
        return self.operation("increment")

    def read(self) -> Operation:
        """Return the operation that returns the number."""
        return self.operation("read")


class KeyValue(Sequential, Generic[K, V]):
    """`KeyValue(Key, Value)`: values by key, none at first; `put`, `get`, which returns None where there is none, `delete`."""

    page = "key_value"

    def __init__(self, keys: object, values: object) -> None:
        super().__init__(Key=keys, Value=values)

    def put(self, key: K, value: V) -> Operation:
        """Return the operation that replaces the value of a key."""
        return self.operation("put", key, value)

    def get(self, key: K) -> Operation:
        """Return the operation that returns the value of a key."""
        return self.operation("get", key)

    def delete(self, key: K) -> Operation:
        """Return the operation that removes a key."""
        return self.operation("delete", key)


class Queue(Sequential, Generic[V]):
    """`Queue(Value, most=3)`: `enqueue` adds at the end, `dequeue` returns the first, None where it is empty."""

    page = "queue"

    def __init__(self, values: object, *, most: int) -> None:
        super().__init__(Value=values, MOST=most)

    def enqueue(self, value: V) -> Operation:
        """Return the operation that adds a value."""
        return self.operation("enqueue", value)

    def dequeue(self) -> Operation:
        """Return the operation that takes the first value out."""
        return self.operation("dequeue")


class SharedSet(Sequential, Generic[V]):
    """`SharedSet(Value)`: `add` puts a value in, `remove` takes one out, `read` returns all."""

    page = "shared_set"

    def __init__(self, values: object) -> None:
        super().__init__(Value=values)

    def add(self, value: V) -> Operation:
        """Return the operation that puts a value in."""
        return self.operation("add", value)

    def remove(self, value: V) -> Operation:
        """Return the operation that takes a value out."""
        return self.operation("remove", value)

    def read(self) -> Operation:
        """Return the operation that returns all values."""
        return self.operation("read")


class Lock(Sequential):
    """`Lock()`: `acquire` takes it, and waits while somebody has it; `release` gives it back."""

    page = "lock"

    def acquire(self) -> Operation:
        """Return the operation that takes it."""
        return self.operation("acquire")

    def release(self) -> Operation:
        """Return the operation that gives it back."""
        return self.operation("release")
