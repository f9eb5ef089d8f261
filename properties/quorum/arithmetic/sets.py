"""The set language: named sets of nodes, their sizes and weights, and what is claimed of them.

    r, w = NodeSet.named("read"), NodeSet.named("write")
    R, W, N = number("R"), number("W"), size(EVERYONE)
    hypotheses = [size(r) >= R, size(w) >= W, W + R > N]
    goal = size(r & w) >= 1

Nothing here decides anything: `regions.py` turns it into linear integer arithmetic and `proof.py` asks Z3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Scalar = int | Fraction
NODES = "nodes"


class NodeSet:
    """A set of nodes; `&`, `|`, `-` and `~` mean what they mean in Python."""

    __slots__ = ()

    @staticmethod
    def named(name: str) -> NodeSet:
        """Return the set of that name: two sets of one name are one set."""
        return Named(name)

    def names(self) -> frozenset[str]:
        """Return the names of the sets this one is made of."""
        raise NotImplementedError

    def contains(self, memberships: frozenset[str]) -> bool:
        """Say whether a node that is in exactly the sets `memberships` is in this one."""
        raise NotImplementedError

    def __and__(self, other: NodeSet) -> NodeSet:
        return Combined("&", (self, other))

    def __or__(self, other: NodeSet) -> NodeSet:
        return Combined("|", (self, other))

    def __sub__(self, other: NodeSet) -> NodeSet:
        return Combined("&", (self, Complement(other)))

    def __invert__(self) -> NodeSet:
        return Complement(self)


@dataclass(frozen=True, slots=True)
class Named(NodeSet):
    name: str

    def names(self) -> frozenset[str]:
        return frozenset({self.name})

    def contains(self, memberships: frozenset[str]) -> bool:
        return self.name in memberships

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Everyone(NodeSet):
    def names(self) -> frozenset[str]:
        return frozenset()

    def contains(self, memberships: frozenset[str]) -> bool:  # noqa: ARG002 - every node is in it
        return True

    def __str__(self) -> str:
        return "everyone"


@dataclass(frozen=True, slots=True)
class Complement(NodeSet):
    inner: NodeSet

    def names(self) -> frozenset[str]:
        return self.inner.names()

    def contains(self, memberships: frozenset[str]) -> bool:
        return not self.inner.contains(memberships)

    def __str__(self) -> str:
        return f"~{self.inner}"


@dataclass(frozen=True, slots=True)
class Combined(NodeSet):
    operator: str
    parts: tuple[NodeSet, NodeSet]

    def names(self) -> frozenset[str]:
        return self.parts[0].names() | self.parts[1].names()

    def contains(self, memberships: frozenset[str]) -> bool:
        left, right = (p.contains(memberships) for p in self.parts)
        return (left and right) if self.operator == "&" else (left or right)

    def __str__(self) -> str:
        text, *rest = (str(p) for p in self.flat())
        for part in rest:
            minus = self.operator == "&" and part.startswith("~")
            text += f" - {part[1:]}" if minus else f" {self.operator} {part}"
        return f"({text})"

    def flat(self) -> list[NodeSet]:
        """Return the parts of nested sets of the same operator, those taken away last."""
        parts = [q for p in self.parts for q in (p.flat() if _same_operator(p, self) else [p])]
        return sorted(parts, key=lambda p: isinstance(p, Complement))


def _same_operator(part: NodeSet, whole: Combined) -> TypeGuard[Combined]:
    return isinstance(part, Combined) and part.operator == whole.operator


EVERYONE: NodeSet = Everyone()


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is not fixed: N, W, R, f, a threshold."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Measure:
    """How many nodes a set has, or (another unit) how many votes or how much stake they carry together."""

    of: NodeSet
    unit: str

    def __str__(self) -> str:
        return f"|{self.of}|" if self.unit == NODES else f"{self.unit}({self.of})"


@dataclass(frozen=True, slots=True)
class Floor:
    """A term divided by a positive constant, rounded down: `n // 2`."""

    term: Term
    divisor: int

    def __str__(self) -> str:
        return f"({self.term}) // {self.divisor}"


Unknown = Number | Measure | Floor


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A sum of unknowns with rational coefficients; comparing two terms gives a `Formula`."""

    parts: tuple[tuple[Unknown, Fraction], ...]
    constant: Fraction = Fraction(0)

    @classmethod
    def of(cls, value: Term | Scalar) -> Term:
        return value if isinstance(value, Term) else cls((), Fraction(value))

    def plus(self, other: Term | Scalar, times: Scalar = 1) -> Term:
        """Return `self + times * other`."""
        other = Term.of(other)
        total = dict(self.parts)
        for unknown, coefficient in other.parts:
            total[unknown] = total.get(unknown, Fraction(0)) + times * coefficient
        kept = tuple((u, c) for u, c in total.items() if c)
        return Term(kept, self.constant + times * other.constant)

    def __add__(self, other: Term | Scalar) -> Term:
        return self.plus(other)

    __radd__ = __add__

    def __sub__(self, other: Term | Scalar) -> Term:
        return self.plus(other, -1)

    def __rsub__(self, other: Term | Scalar) -> Term:
        return Term.of(other).plus(self, -1)

    def __neg__(self) -> Term:
        return self * -1

    def __mul__(self, factor: Scalar) -> Term:
        return Term((), Fraction(0)).plus(self, factor)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Scalar) -> Term:
        return self * (1 / Fraction(divisor))

    def __floordiv__(self, divisor: int) -> Term:
        if divisor <= 0:
            raise ValueError(f"`//` needs a positive constant, not {divisor}")
        return Term(((Floor(self, divisor), Fraction(1)),))

    def __ge__(self, other: Term | Scalar) -> Formula:
        return NotNegative(self - other)

    def __le__(self, other: Term | Scalar) -> Formula:
        return NotNegative(Term.of(other) - self)

    def __gt__(self, other: Term | Scalar) -> Formula:
        return ~(self <= other)

    def __lt__(self, other: Term | Scalar) -> Formula:
        return ~(self >= other)

    def equals(self, other: Term | Scalar) -> Formula:
        """Claim that both are the same number (`==` keeps its Python meaning)."""
        return (self >= other) & (self <= other)

    def __str__(self) -> str:
        return sum_text([(str(u), c) for u, c in self.parts], self.constant)


def sum_text(parts: Iterable[tuple[str, Fraction]], constant: Fraction) -> str:
    """Return a sum with its signs: `2W - N + 1`."""
    text = ""
    for name, c in [*parts, *([("", constant)] if constant else [])]:
        shown = times_text(abs(c), name) if name else str(abs(c))
        text += f" {'-' if c < 0 else '+'} {shown}" if text else f"{'-' if c < 0 else ''}{shown}"
    return text or "0"


def times_text(coefficient: Scalar, name: str) -> str:
    """Return `2W`, `N / 2`, `3 |read|`: a number times an unknown."""
    if coefficient == 1:
        return name
    whole = "" if coefficient.numerator == 1 else str(coefficient.numerator)
    inside = f"({name})" if "//" in name else name
    shown = f"{whole}{name}" if name.isidentifier() else f"{whole} {inside}".lstrip()
    return shown if coefficient.denominator == 1 else f"{shown} / {coefficient.denominator}"


class Formula:
    """A claim about terms; combine with `&`, `|`, `~` and `implies`."""

    __slots__ = ()

    def __and__(self, other: Formula) -> Formula:
        return Joined("and", (self, other))

    def __or__(self, other: Formula) -> Formula:
        return Joined("or", (self, other))

    def __invert__(self) -> Formula:
        return Denied(self)

    def __bool__(self) -> NoReturn:
        # `1 <= W <= N` and `a and b` would silently keep only their last part.
        raise TypeError("a formula is neither true nor false yet: write `(1 <= w) & (w <= n)`, not a chain or `and`")


@dataclass(frozen=True, slots=True)
class NotNegative(Formula):
    term: Term


@dataclass(frozen=True, slots=True)
class Denied(Formula):
    inner: Formula


@dataclass(frozen=True, slots=True)
class Joined(Formula):
    operator: str
    parts: tuple[Formula, ...]


def number(name: str) -> Term:
    """Return the number of that name, left open: a proof is for all its values."""
    return Term(((Number(name), Fraction(1)),))


def size(of: NodeSet) -> Term:
    """Return how many nodes the set has."""
    return Term(((Measure(of, NODES), Fraction(1)),))


def weight(of: NodeSet, unit: str = "votes") -> Term:
    """Return the votes (stake, weight) that the nodes of the set carry together; a node may carry none."""
    return Term(((Measure(of, unit), Fraction(1)),))


def every(formulas: Iterable[Formula]) -> Formula:
    """Claim all of them; of none, what is always true."""
    parts = tuple(formulas)
    return parts[0] if len(parts) == 1 else Joined("and", parts)


def implies(premise: Formula, conclusion: Formula) -> Formula:
    """Claim the conclusion wherever the premise holds."""
    return ~premise | conclusion


def unknowns(formula: Formula) -> frozenset[Unknown]:
    """Return every number, size and weight the formula speaks of, those inside `//` included."""
    match formula:
        case NotNegative(term):
            return _unknowns_of(term)
        case Denied(inner):
            return unknowns(inner)
        case Joined(_, parts):
            return frozenset[Unknown]().union(*(unknowns(p) for p in parts))
        case _:
            raise TypeError(f"not a formula: {formula!r}")


def _unknowns_of(term: Term) -> frozenset[Unknown]:
    found: set[Unknown] = set()
    for unknown, _ in term.parts:
        found.add(unknown)
        if isinstance(unknown, Floor):
            found |= _unknowns_of(unknown.term)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A concrete cluster: its nodes, who is in which set, what each carries, and a value for every number."""

    nodes: tuple[str, ...]
    sets: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    weights: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, "Mapping[str, int]"])

    def members(self, of: NodeSet) -> frozenset[str]:
        """Return the nodes of a set."""
        return frozenset(n for n in self.nodes if of.contains(self.memberships(n)))

    def memberships(self, node: str) -> frozenset[str]:
        """Return the names of the sets that hold the node."""
        return frozenset(name for name, members in self.sets.items() if node in members)

    def value(self, term: Term) -> Fraction:
        """Return what the term comes to here."""
        return sum((c * self._value(u) for u, c in term.parts), term.constant)

    def _value(self, unknown: Unknown) -> int:
        match unknown:
            case Number(name):
                return self.numbers[name]
            case Floor(term, divisor):
                return int(self.value(term) // divisor)
            case Measure(of, unit):
                carried: Callable[[str], int] = (lambda _: 1) if unit == NODES else self.weights[unit].__getitem__
                return sum(carried(n) for n in self.members(of))

    def satisfies(self, formula: Formula) -> bool:
        """Say whether the formula is true here: plain counting, apart from any solver."""
        match formula:
            case NotNegative(term):
                return self.value(term) >= 0
            case Denied(inner):
                return not self.satisfies(inner)
            case Joined("and", parts):
                return all(self.satisfies(p) for p in parts)
            case Joined(_, parts):
                return any(self.satisfies(p) for p in parts)
            case _:
                raise TypeError(f"not a formula: {formula!r}")
