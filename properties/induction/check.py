"""The whole check of one protocol: its premises, whether it says anything at all, the induction, and what refutes it.

The verdict is `proved` only where every premise was proved or is a stated hypothesis, every query was answered, and a run
shows that the claim is not empty. A failed induction is `violated` only with a run from the start that was replayed
without Z3; else it is `unknown`, with the state from which the step fails.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.induction.finite import OutOfTime, Search
from quorate.properties.induction.obligation import Answer, Obligation, Result, discharge, obligations
from quorate.properties.induction.vocabulary.formula import And, ForAll, Formula, Not, free_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quorate.properties.induction.run import Run
    from quorate.properties.induction.vocabulary.cluster import Cluster
    from quorate.properties.induction.vocabulary.premise import Discharged, Premise
    from quorate.properties.induction.vocabulary.system import Protocol

PROVED, VIOLATED, VACUOUS, UNKNOWN = "proved", "violated", "vacuous", "unknown"

TIMEOUT = 10.0
"""Seconds for each query, and for each search of one finite cluster."""

FIRST_TRY = 0.3
"""Seconds for each query before the finite clusters are searched."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A premise and what came of it; a premise without a theorem is a hypothesis of the claim."""

    premise: Premise
    discharged: Discharged | None
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the induction may use the axiom."""
        return self.discharged is None or self.discharged.verdict == PROVED


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A step that fails: from a state (first of `step`) that satisfies every invariant, on a finite cluster.

    `reached` is a run from an initial state to a violated safety property; `excluded` names an invariant of a finished
    proof that the state breaks, which shows that no run reaches it, on a cluster of any size.
    """

    obligation: Obligation
    step: Run
    reached: Run | None = None
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that was asked and answered about one protocol. `notes` say aloud what limits the answer."""

    verdict: str
    premises: tuple[Settled, ...]
    results: tuple[Result, ...] = ()
    witness: Run | None = None
    counterexample: Counterexample | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def check(protocol: Protocol, *, known: Protocol | None = None, timeout: float = TIMEOUT) -> Report:
    """Check a protocol's safety for any number of nodes; `known` is a proved protocol whose invariants may exclude a state."""
    began = time.perf_counter()
    premises = tuple(_settle(p, timeout) for p in protocol.premises)
    axioms = {s.premise.name: s.premise.axiom for s in premises if s.holds}
    searches = [Search(protocol, c, axioms, timeout) for c in protocol.clusters]
    witness, notes = _first(searches, protocol.witness, protocol.depth)
    if vacuous := _vacuous(premises, witness, notes, protocol):
        return Report(VACUOUS, premises, notes=(vacuous,), seconds=time.perf_counter() - began)
    results, counterexample, more = _induct(protocol, axioms, searches, known, timeout)
    failed = any(r.answer is not Answer.PROVED for r in results)
    doubtful = witness is None or any(s.discharged and s.discharged.verdict == UNKNOWN for s in premises)
    if failed and counterexample and counterexample.reached:
        verdict = VIOLATED
    else:
        verdict = UNKNOWN if failed or doubtful else PROVED
    seconds = time.perf_counter() - began
    return Report(verdict, premises, results, witness, counterexample, (*notes, *more), seconds)


def _induct(
    protocol: Protocol,
    axioms: Mapping[str, Formula],
    searches: list[Search],
    known: Protocol | None,
    timeout: float,
) -> tuple[tuple[Result, ...], Counterexample | None, list[str]]:
    """Return the answer to every obligation; where one is not proved, what refutes it and what is to be said of that."""
    # A run that breaks the protocol is often found before Z3 has given up on a cluster of any size: so first a short try.
    results = [discharge(protocol, axioms, o, min(timeout, FIRST_TRY)) for o in obligations(protocol)]
    failed = [r for r in results if r.answer is not Answer.PROVED]
    if not failed:
        return tuple(results), None, []
    counterexample, notes = _refute(protocol, searches, failed, known, timeout)
    if counterexample is None and all(r.answer is Answer.UNKNOWN for r in failed):
        results = [r if r not in failed else discharge(protocol, axioms, r.obligation, timeout) for r in results]
        notes = [] if all(r.answer is Answer.PROVED for r in results) else notes
    return tuple(results), counterexample, notes


def _settle(premise: Premise, timeout: float) -> Settled:
    began = time.perf_counter()
    discharged = premise.theorem(timeout) if premise.theorem else None
    return Settled(premise, discharged, time.perf_counter() - began)


def _vacuous(premises: Iterable[Settled], witness: Run | None, notes: list[str], protocol: Protocol) -> str | None:
    for settled in premises:
        if settled.discharged and settled.discharged.verdict == VACUOUS:
            return f"`{settled.premise.name}` speaks of nothing: {settled.discharged.shown}"
    if witness or notes:
        return None
    return (
        f"no run of at most {protocol.depth} steps does what the claim is about ({protocol.witness}), "
        f"on {_listed(protocol.clusters)}: the claim would be empty"
    )


def _first(searches: Iterable[Search], goal: Formula, depth: int) -> tuple[Run | None, list[str]]:
    """Return a shortest run to the goal on the first cluster that has one, and the clusters that were not decided."""
    notes: list[str] = []
    for search in searches:
        try:
            run = search.run_to(goal, depth)
        except OutOfTime:
            notes.append(f"the search of {search.cluster} was not finished in {search.seconds:g} s")
            continue
        if run:
            assert run.follows(), "Z3's run does not replay"
            assert run.satisfies(search.system.initially, 0), "Z3's run does not begin at the start"
            assert run.satisfies(goal, -1), "Z3's run does not reach its goal"
            return run, []
    return None, notes


def _refute(
    protocol: Protocol,
    searches: list[Search],
    failed: list[Result],
    known: Protocol | None,
    timeout: float,
) -> tuple[Counterexample | None, list[str]]:
    # Where no query fails on a cluster, the induction holds there: no run of it needs to be looked for.
    failures = [(search, failure) for search in searches if (failure := _failing_step(search, failed))]
    if not failures:
        return None, [f"no counterexample to the failed queries on {_listed(protocol.clusters)}"]
    obligation, step = failures[0][1]
    reached, notes = _first([search for search, _ in failures], unsafe(protocol), protocol.depth)
    if reached:
        return Counterexample(obligation, step, reached), []
    excluded = _excluding(step, known, timeout) if known and known.system == protocol.system else None
    if excluded is None and not notes:
        looked = _listed(search.cluster for search, _ in failures)
        notes.append(f"no run of at most {protocol.depth} steps breaks it on {looked}")
    return Counterexample(obligation, step, None, excluded), notes


def _failing_step(search: Search, failed: list[Result]) -> tuple[Obligation, Run] | None:
    for result in failed:
        try:
            step = search.failure(result.obligation)
        except OutOfTime:
            continue
        if step:
            assert step.follows(), "Z3's step does not replay"
            return result.obligation, step
    return None


def _excluding(step: Run, known: Protocol, timeout: float) -> str | None:
    """Return an invariant that the step's first state breaks, of a protocol that is proved here and now."""
    broken = next((name for name, claim in known.invariants.items() if not step.satisfies(claim, 0)), None)
    return broken if broken and check(known, timeout=timeout).verdict == PROVED else None


def unsafe(protocol: Protocol) -> Formula:
    """Return the formula that one of the safety properties is broken."""
    closed = (ForAll(free, p) if (free := free_variables(p)) else p for p in protocol.safety.values())
    return Not(And(tuple(closed)))


def _listed(clusters: Iterable[Cluster]) -> str:
    return "; ".join(str(c) for c in clusters)
