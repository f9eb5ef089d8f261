"""What it is that a run breaks a property of whole runs, by the definitions of docs/liveness.md and nothing else.

The engines find such runs on the graph of all states; here one run is judged, by the author's own functions. Read next:
`lasso.py`, which makes a run that passes; `remarks.py`, which says why it breaks the property.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.contract.fairness import Turn, turn_of
from quorate.explorer.contract.liveness import Wanted, banned
from quorate.explorer.reference.present import Present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.edges import Edge, Expansion
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.loading.model import Asked, PropertyDeclaration
    from quorate.language.values.state import Global

MOST_TRIED = 20_000  # states, when a trap is judged again without the engine that found it


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its edges from a first state, and at which of its states the loop begins; None where it ends."""

    start: Global
    edges: tuple[Edge, ...]
    loop: int | None

    @property
    def states(self) -> tuple[Global, ...]:
        """Return the states in order: one more than edges."""
        return (self.start, *[e.target for e in self.edges if e.target is not None])

    @property
    def round(self) -> tuple[Global, ...]:
        """Return the states of the loop, each once; of a run that ends, the last."""
        return self.states[-1:] if self.loop is None else self.states[self.loop : -1]


class Sight:
    """What the reference engine says of states, for one property asked of some processes."""

    def __init__(self, engine: ReferenceEngine, asked: Asked, fairness: Fairness) -> None:
        self.engine, self.asked, self.fairness = engine, asked, fairness
        self.banned = frozenset(banned(engine.system.model, asked))
        self._expansions: dict[Global, Expansion] = {}

    def expansion(self, state: Global) -> Expansion:
        """Return the state's edges; a loop is looked at more than once."""
        if state not in self._expansions:
            self._expansions[state] = self.engine.successors(state)
        return self._expansions[state]

    def bad(self, state: Global) -> bool:
        """Say whether the state is not what the property asks for."""
        return not self._true(self.asked.prop.goal or self.asked.prop, state)

    def phases(self, state: Global, before: set[int], *, first: bool = False) -> set[int]:
        """Return the phases in which the state may be reached from one of these: 1 where the promise is owed and not kept."""
        modality = self.asked.prop.modality
        if modality in {"possible", "eventually_always"}:
            return {0, 1}
        bad = self.bad(state)
        owed = 1 in before or (modality != "leads_to" and (first or modality != "eventually"))
        owed = owed or (modality == "leads_to" and bad and self._true(self.asked.prop, state))
        kept = {0} if 0 in before and modality != "eventually" else set[int]()
        return kept | ({1} if owed and bad else set())

    def loops(self, edge: Edge) -> bool:
        """Say whether the loop may take the edge."""
        return edge.act.step not in self.banned

    def able(self, state: Global) -> frozenset[Turn]:
        """Return the fair turns that can be taken in the state, or could if no `limit` stopped them."""
        return frozenset(t for t in self.every_turn(state) if t in self.fairness.turns)

    def every_turn(self, state: Global) -> frozenset[Turn]:
        """Return all turns that can be taken in the state, or could if no `limit` stopped them."""
        expansion = self.expansion(state)
        acts = [*(e.act for e in expansion.edges), *expansion.stopped]
        return frozenset(turn for act in acts if (turn := turn_of(act)))

    def missing(self, states: Sequence[Global], edges: Sequence[Edge]) -> Wanted:
        """Return what a loop does not do that it has to, by what is assumed."""
        taken = {turn_of(e.act) for e in edges}
        able = [self.able(s) for s in states]
        always, ever = frozenset.intersection(*able), frozenset.union(*able)
        strong = frozenset(t for t in ever - taken if self.fairness.turns[t] == "strong")
        return Wanted(taken=strong, absent=frozenset(t for t in always - taken if self.fairness.turns[t] == "weak"))

    def _true(self, prop: PropertyDeclaration, state: Global) -> bool:
        return self.engine.judge.truth(prop, Present(self.engine.system, state, "look"), self.asked.processes)


def flaw(engine: ReferenceEngine, asked: Asked, fairness: Fairness, run: Run) -> str:
    """Return why a run does not break the property, by the definitions alone; an empty text where it does."""
    sight, modality = Sight(engine, asked, fairness), asked.prop.modality
    states, loop = run.states, run.edges[len(run.edges) if run.loop is None else run.loop :]
    if modality == "possible":
        return "" if run.loop is None and _is_trap(engine, sight, run.states[-1]) else "what it asks for can still be reached"
    if run.loop is not None and (not loop or states[-1] != states[run.loop]):
        return "it does not come back to where its loop begins"
    if run.loop is None and (said := _goes_on(sight, states[-1])):
        return said
    if run.loop is not None:
        missing = sight.missing(run.round, loop)
        if missing.taken or missing.absent:
            return "it does not keep what is assumed"
    bad = [sight.bad(s) for s in states]
    tail = bad[len(bad) - 1 if run.loop is None else run.loop :]
    kept = {
        "eventually": not all(bad),
        "always_eventually": not all(tail),
        "eventually_always": not any(tail),
        "progress": any(e.act.step in sight.banned for e in loop),
        "leads_to": modality == "leads_to" and not _owed(sight, states, bad),
    }
    return "the property is true of it" if kept[modality] else ""


def _owed(sight: Sight, states: Sequence[Global], bad: Sequence[bool]) -> bool:
    """Say whether the promise of `leads_to` was owed somewhere, and not kept from there on."""
    since = len(bad) - next((n for n, b in enumerate(reversed(bad)) if not b), len(bad))
    return any(1 in sight.phases(s, {0}) for s in states[since:])


def _goes_on(sight: Sight, state: Global) -> str:
    expansion = sight.expansion(state)
    if expansion.limited or any(e.act.sort != "fault" for e in expansion.edges):
        return "it does not end where it is to end"
    return "what is assumed makes it go on" if sight.able(state) else ""


def _is_trap(engine: ReferenceEngine, sight: Sight, state: Global) -> bool:
    """Say whether no state that satisfies the property can be reached, as far as some thousand states tell."""
    found, waiting = {state}, [state]
    while waiting and len(found) < MOST_TRIED:
        at = waiting.pop()
        expansion = engine.successors(at)
        if not sight.bad(at) or expansion.limited:
            return False
        new = {e.target for e in expansion.edges if e.target is not None and not e.cost} - found
        found |= new
        waiting += new
    return True
