"""Formulas about clusters of any size: sorts, relations, functions, and first-order logic over them.

A protocol is written with these (`system.py`), and `meaning.py` gives them their three meanings: formulas for Z3 about a
cluster of any size, formulas for Z3 about one finite cluster, and plain Python truth about one state.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of thing of which there are finitely or infinitely many; `letter` begins the names of its members in a trace.

    The members of an `ordered` sort stand in a total order. `TIME` alone is numeric: the real numbers.
    """

    name: str
    letter: str
    ordered: bool = False

    def variables(self, names: str) -> tuple[Var, ...]:
        """Return one variable of this sort for each word of `names`."""
        return tuple(Var(name, self) for name in names.split())

    def variable(self, name: str) -> Var:
        """Return the variable of this sort with that name."""
        return Var(name, self)


TIME = Sort("time", "")
"""The real line: for instants and durations."""


class _Term:
    __slots__ = ()

    def __le__(self, other: Term) -> Formula:
        return AtMost(_term(self), other)

    def __lt__(self, other: Term) -> Formula:
        return Not(AtMost(other, _term(self)))

    def __add__(self, other: Term) -> Term:
        return Sum(_term(self), other)


def _term(mixin: _Term) -> Term:
    assert isinstance(mixin, Term)
    return mixin


@dataclass(frozen=True, slots=True)
class Var(_Term):
    """A variable; free in an invariant it ranges over its whole sort, as a parameter of an action it is the step's choice."""

    name: str
    sort: Sort

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Apply(_Term):
    """A function's value."""

    function: Function
    arguments: tuple[Term, ...]

    def __str__(self) -> str:
        return _call(self.function.name, self.arguments)


@dataclass(frozen=True, slots=True)
class Number(_Term):
    """A constant of sort `TIME`."""

    value: Fraction

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Sum(_Term):
    """The sum of two terms of sort `TIME`."""

    left: Term
    right: Term

    def __str__(self) -> str:
        return f"{self.left} + {self.right}"


@dataclass(frozen=True, slots=True)
class Choice(_Term):
    """`then` where the condition holds, else `otherwise`."""

    condition: Formula
    then: Term
    otherwise: Term

    def __str__(self) -> str:
        return f"({self.then} if {self.condition} else {self.otherwise})"


Term: TypeAlias = Var | Apply | Number | Sum | Choice


def sort_of(term: Term) -> Sort:
    """Return the sort a term's value belongs to."""
    match term:
        case Var():
            return term.sort
        case Apply():
            return term.function.result
        case Choice():
            return sort_of(term.then)
        case Number() | Sum():
            return TIME


class _Formula:
    __slots__ = ()

    def __and__(self, other: Formula) -> Formula:
        return And((_formula(self), other))

    def __or__(self, other: Formula) -> Formula:
        return Or((_formula(self), other))

    def __invert__(self) -> Formula:
        return Not(_formula(self))


def _formula(mixin: _Formula) -> Formula:
    assert isinstance(mixin, Formula)
    return mixin


@dataclass(frozen=True, slots=True)
class Atom(_Formula):
    """A relation holds of these terms."""

    relation: Relation
    arguments: tuple[Term, ...]

    def __str__(self) -> str:
        return _call(self.relation.name, self.arguments)


@dataclass(frozen=True, slots=True)
class Same(_Formula):
    """Two terms are one thing."""

    left: Term
    right: Term

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


@dataclass(frozen=True, slots=True)
class AtMost(_Formula):
    """`left` is not after `right`, in an ordered sort or on the real line."""

    left: Term
    right: Term

    def __str__(self) -> str:
        return f"{self.left} <= {self.right}"


@dataclass(frozen=True, slots=True)
class Not(_Formula):
    body: Formula

    def __str__(self) -> str:
        match self.body:
            case AtMost(left, right):
                return f"{right} < {left}"
            case Same(left, right):
                return f"{left} != {right}"
            case _:
                return f"not {_inside(self.body)}"


@dataclass(frozen=True, slots=True)
class And(_Formula):
    """All of the parts; of none, true."""

    parts: tuple[Formula, ...]

    def __str__(self) -> str:
        return " and ".join(_inside(p, And) for p in self.parts) or "true"


@dataclass(frozen=True, slots=True)
class Or(_Formula):
    """One of the parts at least; of none, false."""

    parts: tuple[Formula, ...]

    def __str__(self) -> str:
        return " or ".join(_inside(p, Or) for p in self.parts) or "false"


@dataclass(frozen=True, slots=True)
class Implies(_Formula):
    premise: Formula
    conclusion: Formula

    def __str__(self) -> str:
        return f"{_inside(self.premise, And)} -> {_inside(self.conclusion, And)}"


@dataclass(frozen=True, slots=True)
class ForAll(_Formula):
    variables: tuple[Var, ...]
    body: Formula

    def __str__(self) -> str:
        return f"for all {', '.join(map(str, self.variables))}: {self.body}"


@dataclass(frozen=True, slots=True)
class Exists(_Formula):
    variables: tuple[Var, ...]
    body: Formula

    def __str__(self) -> str:
        return f"for some {', '.join(map(str, self.variables))}: {self.body}"


Formula: TypeAlias = Atom | Same | AtMost | Not | And | Or | Implies | ForAll | Exists

TRUE: Formula = And(())
FALSE: Formula = Or(())


@dataclass(frozen=True, slots=True)
class Relation:
    """A set of tuples; `phrase` says one of them in words, `{0}` standing for its first member."""

    name: str
    sorts: tuple[Sort, ...]
    phrase: str

    def __call__(self, *arguments: Term) -> Formula:
        """Return the formula that the relation holds of the arguments."""
        _check(self.name, self.sorts, arguments)
        return Atom(self, arguments)

    def add(self, *entry: Term) -> Update:
        """Return the update that puts one tuple in."""
        places = _places(self.sorts)
        return Update(self, places, self(*places) | _alike(places, entry))

    def drop(self, *entry: Term | None) -> Update:
        """Return the update that takes out every tuple that agrees with `entry`, where `None` agrees with anything."""
        places = _places(self.sorts)
        return Update(self, places, self(*places) & ~_alike(places, entry))


@dataclass(frozen=True, slots=True)
class Function:
    """A value for each tuple of arguments; without arguments, one changing value. `phrase` says it, the value standing last."""

    name: str
    sorts: tuple[Sort, ...]
    result: Sort
    phrase: str

    def __call__(self, *arguments: Term) -> Term:
        """Return the term for the function's value."""
        _check(self.name, self.sorts, arguments)
        return Apply(self, arguments)

    def put(self, *arguments: Term, value: Term) -> Update:
        """Return the update that changes the value at one place."""
        places = _places(self.sorts)
        return Update(self, places, Choice(_alike(places, arguments), value, self(*places)))


Symbol: TypeAlias = Relation | Function


@dataclass(frozen=True, slots=True)
class Update:
    """What a step makes of a symbol: its new value at `places`, said in terms of the state before the step."""

    symbol: Symbol
    places: tuple[Var, ...]
    value: Formula | Term


def same(left: Term, right: Term) -> Formula:
    """Return the formula that two terms are one thing."""
    assert sort_of(left) == sort_of(right), f"{left} and {right} are of different sorts"
    return Same(left, right)


def both(*parts: Formula) -> Formula:
    """Return the conjunction of the parts, without nesting."""
    return And(parts)


def implies(premise: Formula, conclusion: Formula) -> Formula:
    """Return the implication."""
    return Implies(premise, conclusion)


def forall(*variables: Var, holds: Formula) -> Formula:
    """Return the formula that `holds` is true for every value of the variables."""
    return ForAll(variables, holds)


def exists(*variables: Var, holds: Formula) -> Formula:
    """Return the formula that `holds` is true for some values of the variables."""
    return Exists(variables, holds)


def number(value: int | str) -> Term:
    """Return a constant instant or duration; `"1/3"` is exact."""
    return Number(Fraction(value))


def total_order(sort: Sort) -> Formula:
    """Return the axiom that the members of an ordered sort stand in a total order."""
    a, b, c = sort.variables("a b c")
    return both((a <= b) | (b <= a), implies((a <= b) & (b <= a), same(a, b)), implies((a <= b) & (b <= c), a <= c))


def free_variables(formula: Formula) -> tuple[Var, ...]:
    """Return the variables no quantifier binds, each once, in the order of their first place."""
    return tuple(dict.fromkeys(_free(formula)))


def _free(node: Formula | Term) -> Iterator[Var]:
    match node:
        case Var():
            yield node
        case ForAll(variables, body) | Exists(variables, body):
            yield from (v for v in _free(body) if v not in variables)
        case _:
            for child in _children(node):
                yield from _free(child)


def _children(node: Formula | Term) -> tuple[Formula | Term, ...]:
    match node:
        case Var() | Number():
            return ()
        case Apply() | Atom():
            return node.arguments
        case Sum(left, right) | Same(left, right) | AtMost(left, right):
            return (left, right)
        case Choice(condition, then, otherwise):
            return (condition, then, otherwise)
        case Not(body) | ForAll(_, body) | Exists(_, body):
            return (body,)
        case And(parts) | Or(parts):
            return parts
        case Implies(premise, conclusion):
            return (premise, conclusion)


def _places(sorts: tuple[Sort, ...]) -> tuple[Var, ...]:
    # The leading underscore keeps them apart from an action's parameters, which stand in the same formula.
    return tuple(Var(f"_{i}", sort) for i, sort in enumerate(sorts))


def _alike(places: tuple[Var, ...], entry: tuple[Term | None, ...]) -> Formula:
    return And(tuple(same(p, e) for p, e in zip(places, entry, strict=True) if e is not None))


def _check(name: str, sorts: tuple[Sort, ...], arguments: tuple[Term, ...]) -> None:
    given = tuple(sort_of(a) for a in arguments)
    assert given == sorts, f"{name} takes {[s.name for s in sorts]}, not {[s.name for s in given]}"


def _call(name: str, arguments: tuple[Term, ...]) -> str:
    return f"{name}({', '.join(map(str, arguments))})" if arguments else name


def _inside(formula: Formula, free: type | None = None) -> str:
    text = str(formula)
    loose = isinstance(formula, And | Or | Implies | ForAll | Exists) and not (free and isinstance(formula, free))
    return f"({text})" if loose else text
