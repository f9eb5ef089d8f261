"""Which writes a read saw: known from the values alone, where no value was written twice.

It is what guarantees about sessions and causes need: a history that is differentiated, as Bouajjani et al. 2017 call it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quorate.language.errors import UsageError
from quorate.properties.histories.record.values import short

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from quorate.properties.histories.objects.sequential import Sequential, Shows
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.record.values import Value


View = Literal["read", "client", "everybody"]


class Ambiguous(Exception):
    """It cannot be told which write a read saw; the text says why."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Operations by their place in the list.

    writes  of each key, in the order in which they begin; also those that may not have happened
    seen    of each read the writes that it shows: the newest alone, or all, in the order that it shows
    unmade  reads of what nobody wrote, or of one write twice
    shows   what a read shows: the newest write that it saw, all in order, or all as a set
    """

    operations: Sequence[Operation]
    writes: dict[Value, list[int]]
    seen: dict[int, tuple[int, ...]]
    unmade: tuple[int, ...]
    shows: Shows

    @property
    def written(self) -> set[int]:
        return {write for writes in self.writes.values() for write in writes}

    @property
    def view(self) -> View:
        """Return who has one order of the writes: a client, where a read shows one; else the read, which shows the order."""
        return "client" if self.shows == "newest" else "read"

    def kept_in_order(self) -> set[tuple[int, int]]:
        """Return the order in which clients wrote, where reads show none: what is older is known from it alone."""
        return self.by_client() if self.shows == "newest" else set()

    def by_client(self) -> set[tuple[int, int]]:
        """Return each write with the next of its client."""
        return {*in_session(self.operations, self.written.__contains__)}


def versions_of(operations: Sequence[Operation], target: Sequential, name: str) -> Versions:
    """Return which writes each read saw; `name` is the guarantee that asks. Errors: Ambiguous; UsageError (other objects)."""
    if target.shows == "nothing":
        raise UsageError(f"`{name}` is about reads and writes: what a {target.name} returns does not tell which writes it saw")
    roles = {operation.function: target.functions[operation.function].role for operation in operations}
    other = next((function for function, role in roles.items() if role == "other"), None)
    if other is not None:
        raise UsageError(f"`{name}` is about reads and writes: `{other}` of a {target.name} is neither")
    made = _made(operations, target, roles)
    writes: dict[Value, list[int]] = {operation.key: [] for operation in operations}
    for (key, _), i in made.items():
        writes[key].append(i)
    seen: dict[int, tuple[int, ...]] = {}
    unmade = []
    for i, operation in enumerate(operations):
        if roles[operation.function] == "read" and not operation.optional:
            shown = [made.get((operation.key, value), -1) for value in _shown(operation, target)]
            seen[i] = tuple(w for w in shown if w >= 0)
            if -1 in shown or len(set(shown)) < len(shown):
                unmade.append(i)
    return Versions(operations, writes, seen, tuple(unmade), target.shows)


def _made(operations: Sequence[Operation], target: Sequential, roles: Mapping[str, str]) -> dict[tuple[Value, Value], int]:
    """Return which operation wrote each value. Errors: Ambiguous."""
    made: dict[tuple[Value, Value], int] = {}
    at_first = {target.initial} if target.shows == "newest" else _values(target.initial)
    for i, operation in enumerate(operations):
        if roles[operation.function] == "write":
            version = operation.key, operation.argument
            if version in made or operation.argument in at_first:
                before = operations[made[version]].where.line if version in made else None
                twice = f"in lines {before} and {operation.where.line}" if before else "although it is there at first"
                raise Ambiguous(
                    f"{short(operation.argument)} is written {twice}: which write a read saw cannot be told; "
                    "record a run in which every write has a value of its own"
                )
            made[version] = i
    return made


def _shown(read: Operation, target: Sequential) -> list[Value]:
    """Return the values that a read shows, but for those that were there at first."""
    if target.shows == "newest":
        return [] if read.result == target.initial else [read.result]
    at_first = _values(target.initial)
    return [value for value in _values(read.result) if value not in at_first]


def _values(whole: Value) -> Sequence[Value]:
    assert isinstance(whole, tuple | frozenset)
    return whole if isinstance(whole, tuple) else sorted(whole, key=repr)


# -- what comes before what in a session --------------------------------------------------------------------------------


def in_session(operations: Sequence[Operation], of: Callable[[int], bool] = lambda _: True) -> Iterator[tuple[int, int]]:
    """Yield each of some operations with the next of its client; nothing comes after one that nobody saw end."""
    last: dict[str, int] = {}
    for i, operation in enumerate(operations):
        if of(i):
            if operation.client in last:
                yield last[operation.client], i
            if not operation.optional:
                last[operation.client] = i


def earlier(operations: Sequence[Operation], of: Collection[int], than: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield each of the operations `than` with all of those `of` that came before it in its session."""
    come: dict[str, list[int]] = {}
    for i, operation in enumerate(operations):
        before = come.setdefault(operation.client, [])
        if i in than:
            yield from ((j, i) for j in before)
        if i in of and not operation.optional:
            before.append(i)
