"""From events to operations: which event ends what, and what the object's functions make of the values.

A failed operation did not happen, unless its function says what a failure shows (a failed `cas`: that the comparison failed).
An indeterminate one stays open, and its process is a new client afterwards.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError, UsageError, did_you_mean
from quorate.properties.histories.record.history import PENDING, History, Operation
from quorate.properties.histories.record.values import Caller, Unfit, exact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.language.errors import Place
    from quorate.properties.histories.objects.sequential import Function, Sequential
    from quorate.properties.histories.record.events import Event


@dataclass
class Pairing:
    """What is known while events come in."""

    object: Sequential
    keyed: bool  # each value is [key value], as Jepsen's `independent` writes it
    begun: dict[str, tuple[Event, Operation]] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    operations: list[Operation | None] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    time: float = float("-inf")

    def add(self, number: int, event: Event) -> None:
        """Take in one event. Errors: HistoryError."""
        self._in_order(event)
        for name in event.unread:
            self.left_out[f"`{name}`"] += 1
        if event.kind == "invoke":
            self._begin(number, event)
        else:
            self._end(number, event)

    def _in_order(self, event: Event) -> None:
        if event.time is not None:
            if event.time < self.time:
                remedy = "a recording has its events in the order in which they came"
                raise HistoryError("time goes back here", event.at.get("time", event.where), remedy)
            self.time = event.time

    def _begin(self, number: int, event: Event) -> None:
        if event.process in self.begun:
            before = self.begun[event.process][0].where
            what = f"process {event.process} begins an operation, but the one of line {before.line} has not ended"
            raise HistoryError(what, event.where, "a process does one thing at a time: record how that one ended")
        function = self._function(event)
        event = self._keyed(event)
        if event.key is None and self.object.needs_key:
            raise HistoryError(f"`{event.function}` has no key", event.where, 'write :key (JSON: "key"), or `--keyed`')
        session = self.sessions.get(event.process, 0)
        client = f"{event.process}{chr(39) * session}"
        value = Caller(client) if self.object.by_client else event.value
        with placed(event):
            argument = function.argument(exact(value))
        operation = Operation(
            len(self.operations), client, session, str(event.function), argument, PENDING, event.key, number, None, event.where
        )
        self.begun[event.process] = event, operation
        self.operations.append(operation)

    def _end(self, number: int, event: Event) -> None:
        if event.process not in self.begun:
            if event.kind == "info" and event.function not in self.object.functions:
                self.left_out[f"`{event.function}` of process {event.process}"] += 1
                return
            what = f"process {event.process} ends an operation, but has begun none"
            raise HistoryError(what, event.where, "each :ok, :fail and :info ends what its process began")
        begun, operation = self.begun.pop(event.process)
        if event.function not in {None, begun.function}:
            what = f"process {event.process} began `{begun.function}` in line {begun.where.line}, but ends `{event.function}`"
            raise HistoryError(what, event.at.get("f", event.where), "an operation ends as what it began")
        function = self.object.functions[operation.function]
        self.operations[operation.number] = self._ended(number, event, operation, function)

    def _ended(self, number: int, event: Event, operation: Operation, function: Function) -> Operation | None:
        match event.kind:
            case "ok":
                event = self._keyed(event)
                if event.keyed and event.key != operation.key:
                    what = f"it began with key `{shown(operation.key)}`, but ends with `{shown(event.key)}`"
                    raise HistoryError(what, event.at.get("key", event.where), "an operation is about one key")
                value = None if self.object.by_client else event.value
                if event.absent and function.role == "read":
                    raise HistoryError("a read ends with what it returned", event.where, "write its value, nil if that is it")
                with placed(event):
                    return replace(operation, result=function.result(exact(value), operation.argument), ends=number)
            case "fail" if function.failed is not None and event.error is None:
                return replace(operation, result=function.failed, ends=number)
            case "fail":
                if function.failed is not None:
                    self.left_out[f"failed `{operation.function}` with an error (taken as not having happened)"] += 1
                return None
            case _:
                self.sessions[event.process] = operation.session + 1
                return operation

    def _function(self, event: Event) -> Function:
        known = self.object.functions
        if event.function not in known:
            what = f"`{self.object.name}` has no function `{event.function}`{did_you_mean(str(event.function), known)}"
            raise HistoryError(what, event.at.get("f", event.where), f"it has {', '.join(f'`{name}`' for name in known)}")
        return known[str(event.function)]

    def _keyed(self, event: Event) -> Event:
        if not self.keyed:
            return event
        if not isinstance(event.value, tuple) or len(event.value) != 2:
            what = f"with `--keyed` a value is [key value], not `{shown(event.value)}`"
            raise HistoryError(what, event.at.get("value", event.where), "leave out `--keyed`, or write both")
        return event.of_key(*event.value)


class placed:  # noqa: N801  (a context manager, called as one)
    """Give what is wrong with an event's value its place."""

    def __init__(self, event: Event) -> None:
        self.event = event

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, wrong: BaseException | None, _trace: object) -> None:
        if isinstance(wrong, Unfit):
            where: Place = self.event.at.get("value", self.event.where)
            raise HistoryError(f"`{self.event.function}`: {wrong.what}", where, wrong.remedy) from None


def history_of(file: str, events: Iterable[Event], target: Sequential, *, keyed: bool = False) -> History:
    """Return the history that the events make. Errors: HistoryError; UsageError, for one without an operation."""
    pairing = Pairing(target, keyed)
    for number, event in enumerate(events):
        pairing.add(number, event)
    happened = [operation for operation in pairing.operations if operation is not None]
    if not happened:
        raise UsageError(f"`{file}` records no operation: there is nothing to judge")
    numbered = tuple(replace(operation, number=i) for i, operation in enumerate(happened))
    keys = tuple(dict.fromkeys(operation.key for operation in numbered))
    if None in keys and len(keys) > 1:
        where = next(operation.where for operation in numbered if operation.key is None)
        raise HistoryError("this operation has no key, but others have", where, "write its key")
    return History(file, numbered, keys, _notes(pairing))


def _notes(pairing: Pairing) -> tuple[str, ...]:
    return tuple(f"left out: {what}{f', {n:,} times' if n > 1 else ''}" for what, n in pairing.left_out.items())
