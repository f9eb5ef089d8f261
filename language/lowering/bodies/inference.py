"""What is found out about types that nobody declared: of locals, helpers' parameters and results, and plain `int` fields.

The whole model is lowered again and again; each round joins what it saw into `known`, until a round learns nothing. Bounds
that keep growing are widened to the next number that the model's source mentions, and then given up.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from quorate.language.values.lattice import ANY_INT, Lattice, filled, has_hole, high, low, mapped
from quorate.language.values.types import Int, ListOf, RecordOf, Size, Type

if TYPE_CHECKING:
    from quorate.language.loading.model import Model

Slot = tuple[str, ...]  # whose type it is: ("field", KIND, NAME), ("local", FUNCTION, NAME) ...

PATIENCE = 4  # changes of one slot before its bounds are widened


class Inference:
    """The types known so far, over all rounds."""

    def __init__(self, model: Model) -> None:
        self.lattice = Lattice(model.ids, _ancestry(model))
        self.known: dict[Slot, Type] = {}
        self.changed = False
        self._changes: Counter[Slot] = Counter()
        self._instances: dict[object, str] = {}
        self._numbers = _numbers(model)
        self._declared = {name: t for name, t in model.types.items() if isinstance(t, RecordOf)}
        self._declared |= {m.name: m for m in model.messages}

    def learn(self, slot: Slot, t: Type) -> Type | None:
        """Join a type into a slot and return what the slot holds now; None where the two have nothing in common."""
        before = self.known.get(slot)
        after = t if before is None else self.lattice.join(before, t)
        if after is None or after == before:
            return after
        self._changes[slot] += 1
        if before is not None and self._changes[slot] > PATIENCE:
            after = self._widened(before, after, self._changes[slot] > 3 * PATIENCE)
        self.known[slot] = after
        self.changed = True
        return after

    def instance(self, identity: object, name: str) -> str:
        """Return the unique name of one instance of a helper: the function's own name, numbered from the second on."""
        if identity not in self._instances:
            taken = sum(1 for known in self._instances.values() if known.rpartition("#")[0] == name or known == name)
            self._instances[identity] = name if taken == 0 else f"{name}#{taken + 1}"
        return self._instances[identity]

    def current(self, t: Type) -> Type:
        """Return a declared type with what is known of the records inside it."""
        if isinstance(t, RecordOf):
            declared = self._declared.get(t.name, t)
            return RecordOf(t.name, tuple((n, self.component(t.name, n, f)) for n, f in declared.fields))
        return mapped(t, self.current)

    def component(self, record: str, name: str, declared: Type) -> Type:
        """Return the type of a record's field as far as it is known."""
        return self.declared(("record", record, name), declared)

    def declared(self, slot: Slot, declared: Type) -> Type:
        """Return a declared type with its open bounds as far as they are known."""
        known = self.known.get(slot) if has_hole(declared) else None
        return self.current(declared if known is None else filled(declared, known))

    def _widened(self, before: Type, after: Type, lengths: bool) -> Type:
        """Widen what has grown: the bounds of integers, and in the end `lengths` of lists."""
        match before, after:
            case Int(), Int():
                return self._widened_range(before, after)
            case ListOf(), ListOf():
                longest = None if lengths and before.longest != after.longest else after.longest
                return ListOf(self._widened(before.item, after.item, lengths), longest)
            case _:
                pass
        paired = iter(_parts(before))
        return mapped(after, lambda part: self._widened(next(paired, part), part, lengths))

    def _widened_range(self, before: Int, after: Int) -> Int:
        bottom, top = low(after), high(after)
        if bottom is not None and bottom != low(before):
            bottom = max((n for n in self._numbers if n <= bottom), default=None)
        if top is not None and top != high(before):
            top = min((n for n in self._numbers if n >= top), default=None)
        return Int(
            after.low if bottom == low(after) else None if bottom is None else Size(bottom, str(bottom)),
            after.high if top == high(after) else None if top is None else Size(top, str(top)),
        )


def _parts(t: Type) -> list[Type]:
    found: list[Type] = []

    def note(part: Type) -> Type:
        found.append(part)
        return part

    mapped(t, note)
    return found


def _ancestry(model: Model) -> dict[str, tuple[str, ...]]:
    classes = {ancestor for p in model.processes for ancestor in type(p).__mro__}
    return {c.__name__: tuple(a.__name__ for a in c.__mro__) for c in classes}


def _numbers(model: Model) -> list[int]:
    """Return where a growing bound may stop: at a number of the source, a parameter, a size, or the sum of two of these."""
    written = {n.value for s in model.sources for n in ast.walk(s.tree) if isinstance(n, ast.Constant) and type(n.value) is int}
    values = {p.value for p in model.parameters if type(p.value) is int}
    constants = {v for s in model.sources for v in vars(s.module).values() if type(v) is int}
    known = {0, 1, *written, *values, *constants, *(len(g) for g in model.groups)}
    known |= {-n for n in known}
    return sorted({a + b for a in known for b in known})


def holes(t: Type) -> bool:
    """Say whether some integer of a type, records included, still has no bound."""
    if isinstance(t, RecordOf):
        return any(holes(f) for _, f in t.fields)
    return t == ANY_INT or has_hole(t) or any(holes(p) for p in _parts(t))
