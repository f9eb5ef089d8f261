"""What is found out about types that nobody declared: of locals, helpers' parameters and results, and plain `int` fields.

The whole model is lowered again and again. A round reads `known` and joins what it saw into it; a round that learned nothing
is *stable*: all its types hold of whatever the model can do, and only of such a round is a program made. Where bounds keep
growing they are widened: a bound that moves for the fifth time jumps to the next number of the source, and one that moves
on after `JUMPS` of these is given up. Then comes a narrowing: one more round over the stable types notes what it sees without
joining, and bounds that turn out tighter (a guard had stopped the growth that the widening overshot) are put in place of the
wider ones; rounds go on from there until they are stable again.

Why the rounds end. Between two narrowings `known` only grows. A slot's type changes finitely often: its bounds and lengths
move at most `PATIENCE` times by themselves and `JUMPS` times to a number of the source, and then are unknown for ever (the
count of changes is never set back); its shape nests at most `DEEPEST` levels of a finite vocabulary, and joins only ever make
it less special. There are finitely many slots, because a helper has one instance for each shape of arguments, and helpers do
not call themselves. Every round but the last changes a slot, so the rounds between two narrowings end; and there are at most
`NARROWINGS`. `lower.py` refuses a model that takes more than `ROUNDS`, which bounds the time, and is not what ends them.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from quorate.language.values.lattice import (
    ANY_INT,
    Lattice,
    depth,
    filled,
    has_hole,
    high,
    integer,
    low,
    mapped,
    parts,
    tightened,
)
from quorate.language.values.types import Int, ListOf, RecordOf, Type

if TYPE_CHECKING:
    from quorate.language.loading.model import Model

Slot = tuple[str, ...]  # whose type it is: ("field", KIND, NAME), ("local", FUNCTION, NAME) ...

PATIENCE = 4  # changes of one slot before its bounds are widened
JUMPS = 24  # changes of one slot to a number of the source before its bounds are given up
DEEPEST = 12  # levels of containers in one type


class Inference:
    """The types known so far, over all rounds."""

    def __init__(self, model: Model) -> None:
        self.lattice = Lattice(model.ids, _ancestry(model))
        self.known: dict[Slot, Type] = {}
        self.changed: set[Slot] = set()  # in this round
        self.widened = False
        self._changes: Counter[Slot] = Counter()
        self._instances: dict[object, str] = {}
        self._numbers = _numbers(model)
        self._declared = {name: t for name, t in model.types.items() if isinstance(t, RecordOf)}
        self._declared |= {m.name: m for m in model.messages}
        self._seen: dict[Slot, Type] | None = None  # while narrowing: what this round saw

    def begin(self) -> None:
        """Begin a round: nothing has changed in it, and every record is as far as its fields are known."""
        self.changed = set()
        self.known = {slot: self.current(t) for slot, t in self.known.items()}

    def learn(self, slot: Slot, t: Type) -> Type | None:
        """Join a type into a slot and return what the slot holds now; None where the two have nothing in common."""
        before = self.known.get(slot)
        after = t if before is None else self.lattice.join(before, t)
        if after is None or depth(after) > DEEPEST:
            return None
        if self._seen is not None:
            self._seen[slot] = self.lattice.join(self._seen.get(slot, t), t) or after
        if after != before:
            after = self._grown(slot, before, after)
        return after

    def _grown(self, slot: Slot, before: Type | None, after: Type) -> Type:
        self._changes[slot] += 1
        if before is not None and self._changes[slot] > PATIENCE:
            after = self._widened(before, after, given_up=self._changes[slot] > PATIENCE + JUMPS)
            self.widened = True
        self.known[slot] = after
        self.changed.add(slot)
        return after

    @property
    def is_loose(self) -> bool:
        """Say whether a bound may be wider than it has to be: it was widened, or is not known."""
        return self.widened or any(map(holes, self.known.values()))

    def narrow(self) -> None:
        """Begin to note what a round over stable types sees."""
        self._seen = {}

    def narrowed(self) -> bool:
        """Put the bounds that were seen in place of wider ones, and return whether one was tighter."""
        seen, self._seen = self._seen or {}, None
        tighter = {slot: tightened(t, seen[slot]) for slot, t in self.known.items() if slot in seen}
        moved = any(t != self.known[slot] for slot, t in tighter.items())
        self.known |= tighter
        return moved

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

    def _widened(self, before: Type, after: Type, *, given_up: bool) -> Type:
        """Widen what has grown: the bounds of integers to the next number, or all to unknown; lengths in the end."""
        match before, after:
            case Int(), Int():
                bottom = low(after) if low(after) == low(before) else None if given_up else self._next_below(low(after))
                top = high(after) if high(after) == high(before) else None if given_up else self._next_above(high(after))
                return integer(bottom, top)
            case ListOf(), ListOf():
                longest = None if given_up and before.longest != after.longest else after.longest
                return ListOf(self._widened(before.item, after.item, given_up=given_up), longest)
            case _:
                pass
        paired = iter(parts(before))
        return mapped(after, lambda part: self._widened(next(paired, part), part, given_up=given_up))

    def _next_below(self, bound: int | None) -> int | None:
        return None if bound is None else max((n for n in self._numbers if n <= bound), default=None)

    def _next_above(self, bound: int | None) -> int | None:
        return None if bound is None else min((n for n in self._numbers if n >= bound), default=None)


def _ancestry(model: Model) -> dict[str, tuple[str, ...]]:
    classes = {ancestor for p in model.processes for ancestor in type(p).__mro__}
    return {c.__name__: tuple(a.__name__ for a in c.__mro__) for c in classes}


def _numbers(model: Model) -> list[int]:
    """Return where a growing bound may stop: at a number of the source, a parameter, a size, or one of these negated."""
    written = {n.value for s in model.sources for n in ast.walk(s.tree) if isinstance(n, ast.Constant) and type(n.value) is int}
    values = {p.value for p in model.parameters if type(p.value) is int}
    constants = {v for s in model.sources for v in vars(s.module).values() if type(v) is int}
    known = {0, 1, *written, *values, *constants, *(len(g) for g in model.groups)}
    return sorted(known | {-n for n in known})


def holes(t: Type) -> bool:
    """Say whether some integer of a type, records included, still has no bound."""
    return t == ANY_INT or has_hole(t) or any(map(holes, parts(t)))
