"""Which objects a value of Python may be made of, and which locals name them, at one point of a body.

An object is a token: a field's container or what lies inside it, what a field held before this body assigned it anew (the
field's still, for whoever called it), an argument, a value of the module, what an expression makes.
Of the objects that one expression makes, the newest has a token of its own; all that it made before share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from quorate.language.program import ir

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from quorate.language.errors import Place

Sort = Literal["field", "was", "argument", "module", "new", "old"]


@dataclass(frozen=True, slots=True)
class Token:
    """An object: of which sort, and which one (a field by its name and holder). `inside`: what it contains, at any depth."""

    sort: Sort
    of: object = None
    inside: bool = False


Tokens = frozenset[Token]
NONE: Tokens = frozenset()


@dataclass(frozen=True, slots=True)
class Parted:
    """Where fields were assigned anew, and what they were."""

    site: int
    cells: Tokens


def fields_before(token: Token) -> Tokens:
    """Return what an object that a field held before was when the body began: nothing, of any other."""
    if not isinstance(token.of, Parted):
        return NONE
    return within(token.of.cells) if token.inside else token.of.cells


def within(tokens: Iterable[Token]) -> Tokens:
    """Return what lies inside objects that are not taken apart any further."""
    return frozenset(replace(t, inside=True) for t in tokens if t.sort in {"field", "argument", "module"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value: the object that it may be, and those in it.

    `twice`: one of these may be in it in two places. `source`: the field whose object it is, where it is surely that.
    """

    itself: Tokens = NONE
    parts: Tokens = NONE
    twice: bool = False
    source: ir.Field | None = None

    @property
    def tokens(self) -> Tokens:
        return self.itself | self.parts

    @classmethod
    def of(cls, token: Token) -> Value:
        """Return a value of which nothing else is known."""
        return cls(frozenset({token}), within([token]))

    def joined(self, other: Value) -> Value:
        """Return one or the other."""
        source = self.source if self.source == other.source else None
        return Value(self.itself | other.itself, self.parts | other.parts, self.twice or other.twice, source)

    def item(self) -> Value:
        """Return something in it."""
        return Value(self.parts, self.parts, self.twice)

    def aged(self, token: Token) -> Value:
        """Return the value when the expression that made one of its objects is about to make another."""
        if token not in self.itself and token not in self.parts:
            return self
        old = frozenset({Token("old", token.of)})
        first = self.itself - {token} | old if token in self.itself else self.itself
        rest = self.parts - {token} | old if token in self.parts else self.parts
        return replace(self, itself=first, parts=rest)

    def parted(self, field: ir.Field, cells: Tokens, token: Token) -> Value:
        """Return the value when a field was assigned anew: what was the field's object has this token from now on."""
        own, inner = frozenset({token}), frozenset({replace(token, inside=True)})
        is_field = self.source == field
        first = self.itself - cells if is_field else self.itself
        rest = self.parts - within(cells) if is_field else self.parts
        first |= (own if self.itself & cells else NONE) | (inner if self.itself & within(cells) else NONE)
        rest |= (own if self.parts & cells else NONE) | (inner if self.parts & within(cells) else NONE)
        return replace(self, itself=first, parts=rest, source=None if is_field else self.source)

    def kept(self, tokens: Tokens, where: Tokens) -> Value:
        """Return the value when some objects were put into a field."""
        first = self.itself | where if self.itself & tokens else self.itself
        rest = self.parts | (within(where) if self.itself & tokens else NONE)
        return replace(self, itself=first, parts=rest | (where if self.parts & tokens else NONE))


NOBODY = Value()


def together(values: Iterable[Value]) -> Value:
    """Return one that holds all of these, and nothing else that anybody names."""
    parts, twice = NONE, False
    for value in values:
        twice = twice or value.twice or bool(parts & value.tokens)
        parts |= value.tokens
    return Value(NONE, parts, twice)


def either(values: Iterable[Value]) -> Value:
    """Return any one of these."""
    found = NOBODY
    for value in values:
        found = found.joined(value)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in place, as it reads in the source, and where."""

    name: str
    where: Place | None


@dataclass(slots=True)
class Scope:
    """What holds at one point: the value of each local and intermediate result, and which of them have changed since."""

    values: dict[str, Value] = field(default_factory=dict)
    stale: dict[str, Change] = field(default_factory=dict)
    reachable: bool = True

    def copy(self) -> Scope:
        return Scope(dict(self.values), dict(self.stale), self.reachable)

    def take(self, other: Scope) -> None:
        """Be as another point."""
        self.values, self.stale, self.reachable = other.values, other.stale, other.reachable

    def join(self, other: Scope) -> None:
        """Add what another way to this point has found."""
        if not other.reachable:
            return
        if not self.reachable:
            self.take(other.copy())
            return
        for name, value in other.values.items():
            self.values[name] = self.values.get(name, NOBODY).joined(value)
        self.stale = other.stale | self.stale

    def bind(self, name: str, value: Value) -> None:
        self.values[name] = value
        self.stale.pop(name, None)

    def drop(self, name: str) -> Change | None:
        """Forget an intermediate result; return what has changed it."""
        self.values.pop(name, None)
        return self.stale.pop(name, None)

    def make(self, site: object) -> Token:
        """Return the object that an expression makes now."""
        token = Token("new", site)
        self.values = {name: value.aged(token) for name, value in self.values.items()}
        return token

    def forget(self, holder: str) -> None:
        """Note that a name is assigned: what was read from a field of whom it named is no longer known to be that."""
        for name, value in self.values.items():
            if value.source is not None and isinstance(value.source.holder, ir.Local) and value.source.holder.name == holder:
                self.values[name] = replace(value, source=None)

    def part(self, field: ir.Field, cells: Tokens, token: Token) -> None:
        """Note that a field is assigned anew: who read it before has what was in it to himself, under this token."""
        self.values = {name: value.parted(field, cells, token) for name, value in self.values.items()}

    def change(self, tokens: Tokens, change: Change, changers: Collection[str] = ()) -> None:
        """Note that objects have changed: who names them, other than the changers, has another value in Python than in C."""
        for name, value in self.values.items():
            if name not in changers and value.tokens & tokens:
                self.stale.setdefault(name, change)

    def keep(self, tokens: Tokens, where: Tokens) -> None:
        """Note that objects were put into a field, which is another one's to change now."""
        if tokens:
            self.values = {name: value.kept(tokens, where) for name, value in self.values.items()}
