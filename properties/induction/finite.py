"""One finite cluster, searched with Z3 without quantifiers: a failed step of a proof made concrete, and runs from the start.

A failed query about a cluster of any size says that something is wrong, or that an invariant is too weak. Here the failure
is looked for on small clusters with named nodes, and then a run of the protocol that reaches it. What is found is a `Run`,
which `run.py` replays without Z3 before anyone sees it.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

import z3

from quorate.properties.induction.meaning import Element, FiniteSize, Reading, Symbols, order, z3_sort
from quorate.properties.induction.obligation import Obligation, Part
from quorate.properties.induction.run import Move, Run, Snapshot
from quorate.properties.induction.vocabulary import z3_logic
from quorate.properties.induction.vocabulary.formula import TIME, Formula, Function, Relation, Sort, Symbol, Var, free_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from quorate.properties.induction.vocabulary.cluster import Cluster
    from quorate.properties.induction.vocabulary.system import Action, Protocol, System


class OutOfTime(Exception):
    """Z3 did not decide a finite question within its time."""


@dataclass(frozen=True, slots=True)
class Search:
    """The questions that can be put to one finite cluster; `seconds` bounds each."""

    protocol: Protocol
    cluster: Cluster
    axioms: Mapping[str, Formula]
    seconds: float

    @property
    def system(self) -> System:
        """The protocol's system."""
        return self.protocol.system

    def failure(self, obligation: Obligation) -> Run | None:
        """Return a state that satisfies the invariants, and the step that breaks the obligation's claim, or `None`."""
        solver, before, action = self._solver(), self._reading("@0"), obligation.action
        self._state(solver, "@0")
        starts = obligation.part is Part.INITIATION
        assumed = [self.system.initially] if starts else self.protocol.invariants.values()
        solver.add(*(self._closed(before, f) for f in assumed))
        if action is None or obligation.part is Part.HINT:
            given = _parameters(action, 0) if action else {}
            solver.add(*self._guarded(before, action, given), z3_logic.negation(self._closed(before, obligation.claim, given)))
            model = _decided(solver, self.seconds)
            return self._run(model, 0, []) if model else None
        self._step(solver, 0, [action])
        solver.add(z3_logic.negation(self._closed(self._reading("@1"), obligation.claim)))
        model = _decided(solver, self.seconds)
        return self._run(model, 1, [action]) if model else None

    def _guarded(
        self, before: Reading[z3.BoolRef, z3.ExprRef], action: Action | None, given: Mapping[Var, z3.ExprRef]
    ) -> Iterator[z3.BoolRef]:
        if action:
            yield from (self._member(p, v.sort) for v, p in given.items() if v.sort != TIME)
            yield before.truth(action.guard, given)

    def run_to(self, goal: Formula, depth: int) -> Run | None:
        """Return a shortest run from an initial state, of at most `depth` steps, to a state where `goal` holds, or `None`."""
        solver = self._solver()
        self._state(solver, "@0")
        solver.add(self._closed(self._reading("@0"), self.system.initially))
        deadline = time.monotonic() + self.seconds
        for length in range(depth + 1):
            solver.push()
            solver.add(self._closed(self._reading(f"@{length}"), goal))
            model = _decided(solver, deadline - time.monotonic())
            if model:
                return self._run(model, length, self.system.actions)
            solver.pop()
            self._step(solver, length, self.system.actions)
        return None

    def _solver(self) -> z3.Solver:
        solver = z3.Solver()
        for sort in self.system.sorts:
            solver.add(*self._members(sort))
        plain = self._reading("")
        for symbol in self.system.fixed:
            solver.add(*self._settled(symbol))
        solver.add(*(self._closed(plain, a) for a in [*self.system.axioms.values(), *self.axioms.values()]))
        return solver

    def _members(self, sort: Sort) -> Iterator[z3.BoolRef]:
        members = self.logic.members(sort)
        if len(members) > 1:
            yield z3.Distinct(*members)
        if sort.ordered:
            # The names t1, t2, ... follow the order: one of the many ways to number the members, and the readable one.
            for (i, a), (j, b) in itertools.product(enumerate(members), repeat=2):
                yield z3_logic.equal(z3_logic.truth_of(order(sort), (a, b)), z3.BoolVal(i <= j))

    def _settled(self, symbol: Symbol) -> Iterator[z3.BoolRef]:
        named = Symbols()
        if isinstance(symbol, Function):
            yield from self._within(symbol, "")
            if symbol in self.cluster.values:
                yield z3_logic.equal(named.value(symbol, ()), self.logic.members(symbol.result)[self.cluster.values[symbol]])
        elif symbol in self.cluster.facts:
            for indexes, arguments in self._entries(symbol):
                yield z3_logic.equal(named.holds(symbol, arguments), z3.BoolVal(indexes in self.cluster.facts[symbol]))

    def _state(self, solver: z3.Solver, moment: str) -> None:
        for symbol in self.system.state:
            if isinstance(symbol, Function):
                solver.add(*self._within(symbol, moment))

    def _within(self, function: Function, moment: str) -> Iterator[z3.BoolRef]:
        if function.result != TIME:
            for _, arguments in self._entries(function):
                yield self._member(Symbols(moment).value(function, arguments), function.result)

    def _member(self, value: z3.ExprRef, sort: Sort) -> z3.BoolRef:
        return z3_logic.disjunction(z3_logic.equal(value, m) for m in self.logic.members(sort))

    def _step(self, solver: z3.Solver, index: int, actions: Sequence[Action]) -> None:
        before = self._reading(f"@{index}")
        self._state(solver, f"@{index + 1}")
        for action in actions:
            parameters = _parameters(action, index)
            solver.add(*(self._member(p, v.sort) for v, p in parameters.items() if v.sort != TIME))
            effect = [before.truth(action.guard, parameters), *self._effect(before, action, parameters, index)]
            solver.add(z3_logic.implication(_chosen(action, index), z3_logic.conjunction(effect)))
        solver.add(z3_logic.disjunction(_chosen(a, index) for a in actions))

    def _effect(
        self,
        before: Reading[z3.BoolRef, z3.ExprRef],
        action: Action,
        parameters: Mapping[Var, z3.ExprRef],
        index: int,
    ) -> Iterator[z3.BoolRef]:
        after, then = before.after(action, parameters).state, Symbols(f"@{index + 1}")
        for symbol in self.system.state:
            for _, arguments in self._entries(symbol):
                if isinstance(symbol, Relation):
                    yield z3_logic.equal(then.holds(symbol, arguments), after.holds(symbol, arguments))
                else:
                    yield z3_logic.equal(then.value(symbol, arguments), after.value(symbol, arguments))

    @property
    def logic(self) -> FiniteSize:
        """The logic of this cluster."""
        return FiniteSize(self.cluster)

    def _reading(self, moment: str) -> Reading[z3.BoolRef, z3.ExprRef]:
        return Reading(self.logic, _Moment(Symbols(), Symbols(moment), frozenset(self.system.state)))

    def _closed(
        self,
        reading: Reading[z3.BoolRef, z3.ExprRef],
        formula: Formula,
        given: Mapping[Var, z3.ExprRef] = MappingProxyType({}),
    ) -> z3.BoolRef:
        free = [v for v in free_variables(formula) if v not in given]
        return self.logic.for_all(free, lambda values: reading.truth(formula, {**given, **values}))

    def _entries(self, symbol: Symbol) -> Iterator[tuple[tuple[int, ...], tuple[z3.ExprRef, ...]]]:
        ranges = [list(enumerate(self.logic.members(s))) for s in symbol.sorts]
        for chosen in itertools.product(*ranges):
            yield tuple(i for i, _ in chosen), tuple(m for _, m in chosen)

    def _run(self, model: z3.ModelRef, length: int, actions: Iterable[Action]) -> Run:
        moves = tuple(self._move(model, index, actions) for index in range(length))
        states = tuple(self._snapshot(model, f"@{index}") for index in range(length + 1))
        return Run(self.system, self.cluster, states, moves)

    def _move(self, model: z3.ModelRef, index: int, actions: Iterable[Action]) -> Move:
        action = next(a for a in actions if z3.is_true(model.eval(_chosen(a, index), model_completion=True)))
        parameters = _parameters(action, index)
        return Move(action, {v: self._element(model, p, v.sort) for v, p in parameters.items()})

    def _snapshot(self, model: z3.ModelRef, moment: str) -> Snapshot:
        relations: dict[Relation, frozenset[tuple[int, ...]]] = {}
        functions: dict[Function, dict[tuple[int, ...], Element]] = {}
        for symbol in self.system.symbols:
            named = Symbols(moment if symbol in self.system.state else "")
            if isinstance(symbol, Relation):
                relations[symbol] = frozenset(
                    indexes
                    for indexes, arguments in self._entries(symbol)
                    if z3.is_true(model.eval(named.holds(symbol, arguments), model_completion=True))
                )
            else:
                functions[symbol] = {
                    indexes: self._element(model, named.value(symbol, arguments), symbol.result)
                    for indexes, arguments in self._entries(symbol)
                }
        return Snapshot(relations, functions)

    def _element(self, model: z3.ModelRef, value: z3.ExprRef, sort: Sort) -> Element:
        found = model.eval(value, model_completion=True)
        if sort == TIME:
            return Fraction(str(found))
        members = [model.eval(m, model_completion=True) for m in self.logic.members(sort)]
        return next(i for i, m in enumerate(members) if m.eq(found))


@dataclass(frozen=True, slots=True)
class _Moment:
    """The state in which what changes is read at one moment, and what is fixed at all."""

    fixed: Symbols
    now: Symbols
    changing: frozenset[Symbol]

    def holds(self, relation: Relation, arguments: Sequence[z3.ExprRef]) -> z3.BoolRef:
        return (self.now if relation in self.changing else self.fixed).holds(relation, arguments)

    def value(self, function: Function, arguments: Sequence[z3.ExprRef]) -> z3.ExprRef:
        return (self.now if function in self.changing else self.fixed).value(function, arguments)


def _parameters(action: Action, index: int) -> dict[Var, z3.ExprRef]:
    return {v: z3_logic.constant(f"{action.name}.{v.name}@{index}", z3_sort(v.sort)) for v in action.parameters}


def _chosen(action: Action, index: int) -> z3.BoolRef:
    return z3.Bool(f"{action.name}@{index}")


def _decided(solver: z3.Solver, seconds: float) -> z3.ModelRef | None:
    solver.set("timeout", z3_logic.milliseconds(seconds))
    found = solver.check()
    if found == z3.unknown:
        raise OutOfTime
    return solver.model() if found == z3.sat else None
