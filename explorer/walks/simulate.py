"""Seeded random walks, for spaces too large to search; what they find is shrunk until no step can be left out.

The native engine walks where it can; the reference engine runs what was found again, label by label, and shrinks it by
delta debugging on the labels. Source: Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
A walk that finds nothing claims nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from quorate.explorer.check import configure, engine_for, setup_of
from quorate.explorer.contract.clock import Clock
from quorate.explorer.contract.engine import ERROR
from quorate.explorer.native.native import NativeEngine, Walk
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.traces.rerun import Rerun, Run, shrinking
from quorate.explorer.traces.story import narrate
from quorate.language.errors import Defect, UsageError, did_you_mean
from quorate.language.loading.presets import property_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.check import Configuration, Request
    from quorate.explorer.contract.edges import Act
    from quorate.explorer.contract.engine import Observer, Target
    from quorate.explorer.contract.setup import Setup
    from quorate.explorer.contract.trace import Trace
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to walk: so many walks of at most so many steps, from a seed that decides all of them."""

    walks: int = 1000
    depth: int = 100
    seed: int = 0
    shrink: bool = True


@dataclass(frozen=True, slots=True)
class Simulation:
    """What random walks saw. `trace` ends in a violation; `found` is how many steps it had before it was shrunk.

    `expected`: the preset expects this property to be violated. Without a trace nothing is claimed.
    """

    setup: Setup
    plan: Plan
    walk: Walk
    engine: str
    trace: Trace | None
    found: int
    expected: bool
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return 1 for an unexpected violation, 0 for an expected one, 2 for an error of the model, 3 for nothing found."""
        if self.trace is None:
            return 3
        return 2 if self.walk.target == ERROR else 0 if self.expected or self.trace.verdict == "found" else 1

    @property
    def outcome(self) -> str:
        """Return what was found in a word, as of a check."""
        words = ("holds", "violated") if self.setup.overridden else ("expected", "unexpected")
        return (*words, "error", "undecided")[self.exit_code]


def simulate(request: Request, plan: Plan, observer: Observer | None = None) -> Simulation:
    """Walk at random until a property is violated or the plan is done. Errors: as `check` has them."""
    configuration = configure(request)
    targets = _targets(configuration, request)
    engine, slow = engine_for(configuration, request)
    teller = ReferenceEngine(configuration.model, configuration.setting, configuration.program)
    if isinstance(engine, NativeEngine):
        walk = engine.walk(plan.seed, plan.depth, plan.walks, targets, request.limits, observer)
    else:
        walk = walks(teller, plan, targets, Clock(request.limits, observer))
    run = _run(teller, walk, plan) if walk.target else None
    expected = {property_name(p) for p in configuration.preset.violates}
    return Simulation(
        setup_of(configuration, request),
        plan,
        walk,
        "native" if isinstance(engine, NativeEngine) else "reference",
        narrate(teller, walk.target, run.start, run.edges) if run and walk.target else None,
        len(walk.states) - 1,
        walk.target in expected and not configuration.overridden,
        (f"the reference engine walked, which is slower: {slow.splitlines()[0]}",) if slow else (),
    )


def _targets(configuration: Configuration, request: Request) -> tuple[Target, ...]:
    """Return what ends a walk: a violation; and a witness, where it was asked for by name."""
    properties = {p.name: p for p in configuration.model.properties}
    for name in request.properties:
        if name not in properties:
            raise UsageError(f"`{configuration.model.name}` has no property `{name}`{did_you_mean(name, properties)}")
    return request.properties or tuple(name for name, p in properties.items() if p.modality != "sometimes")


# -- walking with the reference engine --------------------------------------------------------------------------------


def walks(engine: ReferenceEngine, plan: Plan, targets: Sequence[Target], clock: Clock) -> Walk:
    """Walk at random, step by step through the reference engine, until a target shows."""
    first, steps, deepest, number = engine.initial_states(), 0, 0, 0
    cut = None
    wanted = frozenset(targets) | {ERROR}
    try:
        for number in range(plan.walks):
            random = Random(f"{plan.seed}/{number}")  # noqa: S311  (chance that can be repeated is what is wanted)
            states, shown = _walk(Rerun(engine, wanted), first, plan.depth, random)
            steps, deepest = steps + len(states) - 1, max(deepest, len(states) - 1)
            if shown:
                return Walk(min(shown), tuple(states), number, number + 1, steps, deepest, None, clock.seconds)
            cut = clock.cut(0, steps, deepest, 0)
            if cut:
                break
    except KeyboardInterrupt:
        cut = "interrupted"
    return Walk(None, (), 0, number + 1, steps, deepest, cut, clock.seconds)


def _walk(again: Rerun, first: Sequence[Global], depth: int, random: Random) -> tuple[list[Global], frozenset[Target]]:
    """Return one walk's states and the targets that its end shows."""
    states = [random.choice(first)]
    shown = again.at(states[0])
    while not shown and len(states) <= depth:
        edges = again.expansion(states[-1]).edges
        if not edges:
            break
        target = random.choice(edges).target
        if target is None:
            return states, frozenset({ERROR})
        shown = again.across(states[-1], target) | again.at(target)
        states.append(target)
    return states, shown


def _run(engine: ReferenceEngine, walk: Walk, plan: Plan) -> Run:
    """Return the walk as a run, shrunk if so planned; an interrupt keeps the shortest run so far."""
    assert walk.target is not None
    again = Rerun(engine, frozenset({walk.target}))
    run = again.follow(walk.states[0], _labels(again, walk))
    if run is None:
        raise Defect("the engines disagree: what a native walk found, the reference engine does not")
    if plan.shrink:
        try:
            for shorter in shrinking(again, run):
                run = shorter
        except KeyboardInterrupt:
            return run
    return run


def _labels(again: Rerun, walk: Walk) -> list[Act]:
    """Return labels that lead along the walk's states: the least one from each to the next."""
    acts = [
        next(e.act for e in again.expansion(before).edges if e.target == after)
        for before, after in zip(walk.states, walk.states[1:], strict=False)
    ]
    failing = [e.act for e in again.expansion(walk.states[-1]).edges if e.target is None]
    return [*acts, *failing[:1]]
