"""Seeded random walks, for spaces too large to search; what they find is shrunk until no step can be left out.

The native engine walks where it can; the reference engine runs what was found again, label by label, and shrinks it by
delta debugging on the labels. Source: Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
A walk that finds nothing claims nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.check import configure, engine_for, setup_of
from quorate.explorer.contract.clock import Clock
from quorate.explorer.contract.engine import ERROR
from quorate.explorer.native.native import NativeEngine, Walk
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.traces.rerun import Rerun, Run, shrinking
from quorate.explorer.traces.story import narrate
from quorate.explorer.walks.dice import Dice
from quorate.language.declare import LIVENESS, VIOLABLE
from quorate.language.errors import Defect, Unsupported, UsageError, did_you_mean
from quorate.language.loading.presets import property_name
from quorate.language.packed.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.explorer.check import Configuration, Request
    from quorate.explorer.contract.edges import Act
    from quorate.explorer.contract.engine import Observer, Target
    from quorate.explorer.contract.setup import Setup
    from quorate.explorer.contract.trace import Trace
    from quorate.language.errors import ModelError
    from quorate.language.values.state import Global

    Pack = Callable[[Global], tuple[int, ...]]


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
        walk = walks(teller, packing(configuration), plan, targets, Clock(request.limits, observer))
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
    asked = request.properties or [name for name, p in properties.items() if p.modality in VIOLABLE]
    of_runs = next((name for name in asked if properties[name].modality in LIVENESS), None)
    if of_runs:
        raise UsageError(f"`{of_runs}` is a property of whole runs, and a walk ends somewhere: use `quorate check`")
    return tuple(name for name in properties if name in asked)


# -- walking with the reference engine --------------------------------------------------------------------------------


def walks(engine: ReferenceEngine, pack: Pack, plan: Plan, targets: Sequence[Target], clock: Clock) -> Walk:
    """Walk at random, step by step through the reference engine, until a target shows: as `walk.h` does, throw by throw.

    Requires: `targets` in the order of their declaration.
    """
    first, steps, deepest, number = engine.initial_states(), 0, 0, 0
    walker, cut = Walker(Rerun(engine, frozenset(targets)), pack, targets), None
    try:
        for number in range(plan.walks):
            states, shown = walker.walk(first, plan.depth, Dice.of(plan.seed, number))
            steps, deepest = steps + len(states) - 1, max(deepest, len(states) - 1)
            if shown:
                return Walk(shown, tuple(states), number, number + 1, steps, deepest, None, clock.seconds)
            cut = clock.cut(0, steps, deepest, 0)
            if cut:
                break
    except KeyboardInterrupt:
        cut = "interrupted"
    return Walk(None, (), 0, number + 1, steps, deepest, cut, clock.seconds)


@dataclass(frozen=True, slots=True)
class Walker:
    """Takes walks. `pack` gives what orders the successors of a state, the same in both engines."""

    again: Rerun
    pack: Pack
    targets: Sequence[Target]

    def walk(self, first: Sequence[Global], depth: int, dice: Dice) -> tuple[list[Global], Target | None]:
        """Return one walk's states, and the target that its end shows."""
        states = [first[dice.below(len(first))]]
        shown = self.decided(self.again.engine.judge.on_state(states[0]))
        while shown is None and len(states) <= depth:
            expansion = self.again.expansion(states[-1])
            if any(edge.target is None for edge in expansion.edges):
                return states, ERROR
            if expansion.terminal:
                shown = self.decided(self.again.engine.judge.on_state(states[-1], terminal=True))
            if shown or not expansion.edges:
                break
            targets = sorted((e.target for e in expansion.edges if e.target is not None), key=self.pack)
            states.append(targets[dice.below(len(targets))])
            on_edge, on_state = self.again.engine.judge.on_edge(*states[-2:]), self.again.engine.judge.on_state(states[-1])
            shown = self.decided((on_edge[0] | on_state[0], on_edge[1] or on_state[1]))
        return states, shown

    def decided(self, seen: tuple[set[str], ModelError | None]) -> Target | None:
        """Return the first target that shows, or the error."""
        found, error = seen
        return next((name for name in self.targets if name in found), ERROR if error else None)


def packing(configuration: Configuration) -> Pack:
    """Return what orders states: their packed form; a model that has none is walked by one engine, in the order of labels."""
    if configuration.program is not None:
        try:
            return Layout.of(configuration.program, configuration.setting).pack
        except Unsupported:
            pass
    return lambda _: ()


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
