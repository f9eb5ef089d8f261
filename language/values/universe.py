"""From frozen values back to the Python objects that they stand for in one configuration of a model.

Read next: `containers.py`, the lists, sets and dicts that a step works on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quorate.language.values.containers import CheckedDict, CheckedList, CheckedSet
from quorate.language.values.types import DictOf, Enumeration, ListOf, Option, ProcessId, RecordOf, SetOf, TupleOf, Type
from quorate.language.values.values import Frozen, Json, Misfit, fitted, json_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import Enum

    from quorate.language.declare import Process, Record


class Universe:
    """The objects that frozen values stand for in one configuration: its processes, enums and record classes."""

    def __init__(
        self, processes: Sequence[Process], enums: Mapping[str, type[Enum]], records: Mapping[str, type[Record]]
    ) -> None:
        self.processes = processes
        self.enums = {name: tuple(members) for name, members in enums.items()}
        self.records = records

    def changing(self) -> None:
        """Be told that a container thawed here is about to change; a subclass may refuse."""

    def changed(self) -> None:
        """Be told that a container thawed here has changed, and fits what is declared."""

    def thaw(self, t: Type, frozen: Frozen) -> object:
        """Return the Python object: fresh containers, that check what is put into them."""
        match t, frozen:
            case Enumeration(name), int():
                return self.enums[name][frozen]
            case ProcessId(), int():
                return self.processes[frozen]
            case Option(item), _:
                return None if frozen is None else self.thaw(item, frozen)
            case SetOf(item, is_frozen), frozenset():
                items = [self.thaw(item, x) for x in frozen]
                return frozenset(items) if is_frozen else CheckedSet.of(t, self, items)
            case ListOf(item), tuple():
                return CheckedList.of(t, self, [self.thaw(item, x) for x in frozen])
            case DictOf(k, v), tuple():
                pairs = cast("tuple[tuple[Frozen, Frozen], ...]", frozen)
                return CheckedDict.of(t, self, {self.thaw(k, x): self.thaw(v, y) for x, y in pairs})
            case TupleOf(items), tuple():
                return tuple([self.thaw(i, x) for i, x in zip(items, frozen, strict=True)])
            case RecordOf(name, fields), tuple():
                record = object.__new__(self.records[name])  # its parts are fresh, and fit
                for (field, item), x in zip(fields, frozen, strict=True):
                    object.__setattr__(record, field, self.thaw(item, x))
                return record
            case _:
                return frozen

    def to_json(self, t: Type, frozen: Frozen) -> Json:
        """Return a frozen value as traces write it: plain data that needs no model to be read."""
        return json_of(self.thaw(t, frozen))

    def from_json(self, t: Type, json: Json) -> Frozen:
        """Return the frozen value that a trace wrote. Errors: Misfit where it is not one of the type."""
        return fitted(t, self._read(t, json))

    def _read(self, t: Type, json: Json) -> object:
        match t, json:
            case Enumeration(name, members), str() if json in members:
                return self.enums[name][members.index(json)]
            case ProcessId(), str():
                return next((p for p in self.processes if p.label == json), json)
            case Option(item), _ if json is not None:
                return self._read(item, json)
            case SetOf(item), {"set": list(items)}:
                return frozenset(self._read(item, x) for x in items)
            case DictOf(k, v), {"dict": list(pairs)}:
                return {self._read(k, p[0]): self._read(v, p[1]) for p in pairs if isinstance(p, list) and len(p) == 2}
            case ListOf(item), list():
                return [self._read(item, x) for x in json]
            case TupleOf(items), {"tuple": list(parts)} if len(parts) == len(items):
                return tuple([self._read(i, x) for i, x in zip(items, parts, strict=True)])
            case RecordOf(name, fields), {"record": str(given), "fields": dict(parts)} if given == name:
                missing = [f for f, _ in fields if f not in parts]
                if missing:
                    raise Misfit(f"of `{name}` has no field `{missing[0]}`")
                return self.records[name](*[self._read(i, parts[f]) for f, i in fields])
            case _:
                return json
