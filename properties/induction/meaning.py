"""What a formula means: one walk over it, and three tables that say what its parts come to.

- `AnySize`: a Z3 formula about a cluster of any size; sorts are uninterpreted.
- `FiniteSize`: a Z3 formula about one finite cluster; a quantifier is the conjunction over the members.
- `Truth`: plain Python truth in one state of one finite cluster. It replays what Z3 found, without Z3.

A state gives the symbols their meaning; `After` is the state after a step, so that a two-state claim needs no second set of
symbols and no variable can be captured.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import z3

from quorate.properties.induction.vocabulary import z3_logic
from quorate.properties.induction.vocabulary.formula import (
    TIME,
    And,
    Apply,
    AtMost,
    Atom,
    Choice,
    Exists,
    ForAll,
    Formula,
    Function,
    Implies,
    Not,
    Number,
    Or,
    Relation,
    Same,
    Sort,
    Sum,
    Symbol,
    Term,
    Var,
    sort_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from quorate.properties.induction.vocabulary.cluster import Cluster
    from quorate.properties.induction.vocabulary.system import Action

B = TypeVar("B")
B_co = TypeVar("B_co", covariant=True)
V = TypeVar("V")


class Logic(Protocol[B, V]):
    """What each connective comes to; `B` is a truth value, `V` the value of a term."""

    def every(self, parts: Sequence[B]) -> B: ...
    def some(self, parts: Sequence[B]) -> B: ...
    def deny(self, part: B) -> B: ...
    def same(self, left: V, right: V) -> B: ...
    def at_most(self, sort: Sort, left: V, right: V) -> B: ...
    def pick(self, condition: B, then: V, otherwise: V) -> V: ...
    def number(self, value: Fraction) -> V: ...
    def total(self, left: V, right: V) -> V: ...
    def for_all(self, variables: Sequence[Var], body: Callable[[Mapping[Var, V]], B]) -> B: ...
    def for_some(self, variables: Sequence[Var], body: Callable[[Mapping[Var, V]], B]) -> B: ...


class State(Protocol[B_co, V]):
    """What the symbols mean in one state."""

    def holds(self, relation: Relation, arguments: Sequence[V]) -> B_co: ...
    def value(self, function: Function, arguments: Sequence[V]) -> V: ...


@dataclass(frozen=True, slots=True)
class Reading(Generic[B, V]):
    """A logic and a state: what every formula comes to in it, given values for its free variables."""

    logic: Logic[B, V]
    state: State[B, V]

    def truth(self, formula: Formula, values: Mapping[Var, V]) -> B:
        """Return the truth value of the formula."""
        logic = self.logic
        match formula:
            case Atom(relation, arguments):
                return self.state.holds(relation, [self.value(a, values) for a in arguments])
            case Same(left, right):
                return logic.same(self.value(left, values), self.value(right, values))
            case AtMost(left, right):
                return logic.at_most(sort_of(left), self.value(left, values), self.value(right, values))
            case Not(body):
                return logic.deny(self.truth(body, values))
            case And(parts):
                return logic.every([self.truth(p, values) for p in parts])
            case Or(parts):
                return logic.some([self.truth(p, values) for p in parts])
            case Implies(premise, conclusion):
                return logic.some([logic.deny(self.truth(premise, values)), self.truth(conclusion, values)])
            case ForAll(variables, body):
                return logic.for_all(variables, lambda more: self.truth(body, {**values, **more}))
            case Exists(variables, body):
                return logic.for_some(variables, lambda more: self.truth(body, {**values, **more}))

    def value(self, term: Term, values: Mapping[Var, V]) -> V:
        """Return the value of the term."""
        match term:
            case Var():
                return values[term]
            case Apply(function, arguments):
                return self.state.value(function, [self.value(a, values) for a in arguments])
            case Number(constant):
                return self.logic.number(constant)
            case Sum(left, right):
                return self.logic.total(self.value(left, values), self.value(right, values))
            case Choice(condition, then, otherwise):
                picked = self.truth(condition, values)
                return self.logic.pick(picked, self.value(then, values), self.value(otherwise, values))

    def after(self, action: Action, values: Mapping[Var, V]) -> Reading[B, V]:
        """Return the reading of the state that the action with these parameters leads to."""
        return Reading(self.logic, After(self, action, values))


@dataclass(frozen=True, slots=True)
class After(Generic[B, V]):
    """The state after a step: an updated symbol means its update, read in the state before."""

    before: Reading[B, V]
    action: Action
    parameters: Mapping[Var, V]

    def holds(self, relation: Relation, arguments: Sequence[V]) -> B:
        """Return whether the relation holds after the step."""
        update = self.action.update_of(relation)
        if update is None:
            return self.before.state.holds(relation, arguments)
        assert isinstance(update.value, Formula)
        values = {**self.parameters, **dict(zip(update.places, arguments, strict=True))}
        return self.before.truth(update.value, values)

    def value(self, function: Function, arguments: Sequence[V]) -> V:
        """Return the function's value after the step."""
        update = self.action.update_of(function)
        if update is None:
            return self.before.state.value(function, arguments)
        assert isinstance(update.value, Term)
        values = {**self.parameters, **dict(zip(update.places, arguments, strict=True))}
        return self.before.value(update.value, values)


class _Connectives:
    """What the two Z3 logics share."""

    def every(self, parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
        return z3_logic.conjunction(parts)

    def some(self, parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
        return z3_logic.disjunction(parts)

    def deny(self, part: z3.BoolRef) -> z3.BoolRef:
        return z3_logic.negation(part)

    def same(self, left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
        return z3_logic.equal(left, right)

    def at_most(self, sort: Sort, left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
        if sort == TIME:
            return z3_logic.at_most(left, right)
        assert sort.ordered, f"the members of {sort.name} have no order"
        return z3_logic.truth_of(order(sort), (left, right))

    def pick(self, condition: z3.BoolRef, then: z3.ExprRef, otherwise: z3.ExprRef) -> z3.ExprRef:
        return z3_logic.choice(condition, then, otherwise)

    def number(self, value: Fraction) -> z3.ExprRef:
        return z3.RealVal(str(value))

    def total(self, left: z3.ExprRef, right: z3.ExprRef) -> z3.ExprRef:
        return z3_logic.total((left, right))


@dataclass(frozen=True, slots=True)
class AnySize(_Connectives):
    """Z3's first-order logic over uninterpreted sorts.

    One for each query: it numbers the variables it makes, so that a query is the same text whatever was asked before.
    """

    numbers: Iterator[int] = field(default_factory=itertools.count)

    def constants(self, variables: Sequence[Var]) -> dict[Var, z3.ExprRef]:
        """Return a new constant for each variable."""
        return {v: z3_logic.constant(f"{v.name}#{next(self.numbers)}", z3_sort(v.sort)) for v in variables}

    def for_all(self, variables: Sequence[Var], body: Callable[[Mapping[Var, z3.ExprRef]], z3.BoolRef]) -> z3.BoolRef:
        fresh = self.constants(variables)
        return z3_logic.quantified(list(fresh.values()), body(fresh), universal=True)

    def for_some(self, variables: Sequence[Var], body: Callable[[Mapping[Var, z3.ExprRef]], z3.BoolRef]) -> z3.BoolRef:
        fresh = self.constants(variables)
        return z3_logic.quantified(list(fresh.values()), body(fresh), universal=False)


@dataclass(frozen=True, slots=True)
class FiniteSize(_Connectives):
    """Z3 without quantifiers: each stands for its instances over the members of one finite cluster."""

    cluster: Cluster

    def members(self, sort: Sort) -> list[z3.ExprRef]:
        """Return the constants that name the members of a sort."""
        return [z3_logic.constant(f"{sort.name}!{i}", z3_sort(sort)) for i in range(self.cluster.sizes[sort])]

    def assignments(self, variables: Sequence[Var]) -> list[dict[Var, z3.ExprRef]]:
        """Return every way to give the variables members."""
        ranges = [self.members(v.sort) for v in variables]
        return [dict(zip(variables, chosen, strict=True)) for chosen in itertools.product(*ranges)]

    def for_all(self, variables: Sequence[Var], body: Callable[[Mapping[Var, z3.ExprRef]], z3.BoolRef]) -> z3.BoolRef:
        return z3_logic.conjunction(body(a) for a in self.assignments(variables))

    def for_some(self, variables: Sequence[Var], body: Callable[[Mapping[Var, z3.ExprRef]], z3.BoolRef]) -> z3.BoolRef:
        return z3_logic.disjunction(body(a) for a in self.assignments(variables))


Element = int | Fraction
"""A member of a sort by its index, or an instant."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Plain truth over one finite cluster."""

    cluster: Cluster

    def every(self, parts: Sequence[bool]) -> bool:
        return all(parts)

    def some(self, parts: Sequence[bool]) -> bool:
        return any(parts)

    def deny(self, part: bool) -> bool:
        return not part

    def same(self, left: Element, right: Element) -> bool:
        return left == right

    def at_most(self, sort: Sort, left: Element, right: Element) -> bool:
        assert sort == TIME or sort.ordered, f"the members of {sort.name} have no order"
        return left <= right

    def pick(self, condition: bool, then: Element, otherwise: Element) -> Element:
        return then if condition else otherwise

    def number(self, value: Fraction) -> Element:
        return value

    def total(self, left: Element, right: Element) -> Element:
        return left + right

    def assignments(self, variables: Sequence[Var]) -> list[dict[Var, Element]]:
        """Return every way to give the variables members."""
        ranges = [range(self.cluster.sizes[v.sort]) for v in variables]
        return [dict(zip(variables, chosen, strict=True)) for chosen in itertools.product(*ranges)]

    def for_all(self, variables: Sequence[Var], body: Callable[[Mapping[Var, Element]], bool]) -> bool:
        return all(body(a) for a in self.assignments(variables))

    def for_some(self, variables: Sequence[Var], body: Callable[[Mapping[Var, Element]], bool]) -> bool:
        return any(body(a) for a in self.assignments(variables))


@dataclass(frozen=True, slots=True)
class Symbols:
    """The state in which every symbol is itself, to Z3; `moment` keeps the states of a run apart."""

    moment: str = ""

    def holds(self, relation: Relation, arguments: Sequence[z3.ExprRef]) -> z3.BoolRef:
        return z3_logic.truth_of(self.symbol(relation), arguments)

    def value(self, function: Function, arguments: Sequence[z3.ExprRef]) -> z3.ExprRef:
        return z3_logic.value_of(self.symbol(function), arguments)

    def symbol(self, symbol: Symbol) -> z3.FuncDeclRef:
        """Return what Z3 knows the symbol by."""
        domain = [z3_sort(s) for s in symbol.sorts]
        result = z3.BoolSort() if isinstance(symbol, Relation) else z3_sort(symbol.result)
        return z3_logic.function(f"{symbol.name}{self.moment}", domain, result)


def z3_sort(sort: Sort) -> z3.SortRef:
    """Return what Z3 knows the sort by."""
    return z3.RealSort() if sort == TIME else z3.DeclareSort(sort.name)


def order(sort: Sort) -> z3.FuncDeclRef:
    """Return the relation `is not after` of an ordered sort."""
    return z3_logic.function(f"{sort.name}<=", (z3_sort(sort), z3_sort(sort)), z3.BoolSort())
