"""Which objects a value of Python may be made of, and which locals name them, at one point of a body.

An object is a token: a field's container or what lies inside it, an argument, a value of the module, what an expression makes.
Of the objects that one expression makes, the newest has a token of its own; all that it made before share one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.language.errors import Place

Sort = Literal["field", "argument", "module", "new", "old"]


@dataclass(frozen=True, slots=True)
class Token:
    """An object: of which sort, and which one (a field by its name and holder). `inside`: what it contains, at any depth."""

    sort: Sort
    of: object = None
    inside: bool = False


Tokens = frozenset[Token]
NONE: Tokens = frozenset()


def within(tokens: Iterable[Token]) -> Tokens:
    """Return what lies inside objects that are not taken apart any further."""
    return frozenset(replace(t, inside=True) for t in tokens if t.sort in {"field", "argument", "module"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value: the object that it may be, and those in it. `twice`: one of these may be in it in two places."""

    itself: Tokens = NONE
    parts: Tokens = NONE
    twice: bool = False

    @property
    def tokens(self) -> Tokens:
        return self.itself | self.parts

    @classmethod
    def of(cls, token: Token) -> Value:
        """Return a value of which nothing else is known."""
        return cls(frozenset({token}), within([token]))

    def joined(self, other: Value) -> Value:
        """Return one or the other."""
        return Value(self.itself | other.itself, self.parts | other.parts, self.twice or other.twice)

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

    def change(self, tokens: Tokens, change: Change, changer: str | None = None) -> None:
        """Note that objects have changed: whoever else names them has another value in Python than in C."""
        for name, value in self.values.items():
            if name != changer and value.tokens & tokens:
                self.stale.setdefault(name, change)

    def keep(self, tokens: Tokens, where: Tokens) -> None:
        """Note that objects were put into a field, which is another one's to change now."""
        if tokens:
            self.values = {name: value.kept(tokens, where) for name, value in self.values.items()}
