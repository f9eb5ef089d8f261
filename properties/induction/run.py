"""A run of a protocol on one finite cluster: its states, its steps, its replay without Z3, and its story in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.properties.induction.meaning import Element, Reading, Truth
from quorate.properties.induction.vocabulary.formula import TIME, Formula, Function, Relation, Sort, Symbol, Var, free_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from quorate.properties.induction.vocabulary.cluster import Cluster
    from quorate.properties.induction.vocabulary.system import Action, System


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of one cluster: the tuples of every relation, the values of every function."""

    relations: Mapping[Relation, frozenset[tuple[int, ...]]]
    functions: Mapping[Function, Mapping[tuple[int, ...], Element]]

    def holds(self, relation: Relation, arguments: Sequence[Element]) -> bool:
        """Return whether the relation holds of these members."""
        return tuple(arguments) in self.relations[relation]

    def value(self, function: Function, arguments: Sequence[Element]) -> Element:
        """Return the function's value."""
        return self.functions[function][tuple(int(a) for a in arguments)]

    def facts(self, symbol: Symbol) -> frozenset[tuple[Element, ...]]:
        """Return what is so of one symbol: a relation's tuples, or a function's arguments with the value last."""
        if isinstance(symbol, Relation):
            return frozenset(self.relations[symbol])
        return frozenset((*arguments, value) for arguments, value in self.functions[symbol].items())


@dataclass(frozen=True, slots=True)
class Move:
    """One step: the action, and what it chose."""

    action: Action
    parameters: Mapping[Var, Element]

    def sentence(self, cluster: Cluster) -> str:
        """Return the step in words."""
        chosen = {v.name: shown(cluster, v.sort, e) for v, e in self.parameters.items()}
        return self.action.phrase.format(**chosen)


@dataclass(frozen=True, slots=True)
class Run:
    """States and the steps between them: one state more than there are steps."""

    system: System
    cluster: Cluster
    states: tuple[Snapshot, ...]
    moves: tuple[Move, ...]

    def satisfies(self, formula: Formula, at: int) -> bool:
        """Say whether the formula holds in a state for all values of its free variables; `at` counts from 0 or the end."""
        reading = self._reading(self.states[at])
        return all(reading.truth(formula, a) for a in Truth(self.cluster).assignments(free_variables(formula)))

    def follows(self) -> bool:
        """Say whether each step's guard held and the next state is what the step made: replayed without Z3."""
        return all(self._follows(i, move) for i, move in enumerate(self.moves))

    def _follows(self, index: int, move: Move) -> bool:
        before = self._reading(self.states[index])
        after, then = before.after(move.action, move.parameters).state, self.states[index + 1]
        if not before.truth(move.action.guard, move.parameters):
            return False
        relations = (
            after.holds(r, entry) == then.holds(r, entry)
            for r in self.system.state
            if isinstance(r, Relation)
            for entry in self._entries(r.sorts)
        )
        functions = (
            after.value(f, entry) == then.value(f, entry)
            for f in self.system.state
            if isinstance(f, Function)
            for entry in self._entries(f.sorts)
        )
        return all(relations) and all(functions)

    def _reading(self, state: Snapshot) -> Reading[bool, Element]:
        return Reading(Truth(self.cluster), state)

    def _entries(self, sorts: tuple[Sort, ...]) -> list[tuple[Element, ...]]:
        places = tuple(Var(str(i), s) for i, s in enumerate(sorts))
        return [tuple(a[p] for p in places) for a in Truth(self.cluster).assignments(places)]

    def story(self) -> Iterator[str]:
        """Yield the run in plain text: the first state, then each step with what it changed."""
        yield from self._first()
        for index, move in enumerate(self.moves):
            yield f"{index + 1:>3}. {move.sentence(self.cluster)}"
            yield from (f"     {line}" for line in self._changes(self.states[index], self.states[index + 1]))

    def _first(self) -> Iterator[str]:
        facts = [self._phrase(s, f) for s in self.system.symbols for f in sorted(self.states[0].facts(s))]
        yield f"  0. {'; '.join(filter(None, facts)) or 'nothing has happened'}"

    def _changes(self, before: Snapshot, after: Snapshot) -> Iterator[str]:
        for symbol in self.system.state:
            old, new = before.facts(symbol), after.facts(symbol)
            gone = sorted(old - new) if isinstance(symbol, Relation) else []
            yield from (f"- {text}" for f in gone if (text := self._phrase(symbol, f)))
            yield from (f"+ {text}" for f in sorted(new - old) if (text := self._phrase(symbol, f)))

    def _phrase(self, symbol: Symbol, fact: tuple[Element, ...]) -> str:
        sorts = symbol.sorts if isinstance(symbol, Relation) else (*symbol.sorts, symbol.result)
        return symbol.phrase.format(*(shown(self.cluster, s, e) for s, e in zip(sorts, fact, strict=True)))


def shown(cluster: Cluster, sort: Sort, element: Element) -> str:
    """Return a member's name, or an instant as a decimal where that is exact and a fraction where it is not."""
    if sort != TIME:
        return cluster.name(sort, int(element))
    exact = Fraction(element)
    decimal = f"{float(exact):.3f}".rstrip("0").rstrip(".")
    return decimal if Fraction(decimal) == exact else str(exact)
