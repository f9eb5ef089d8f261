"""A run that breaks a property of whole runs, as a story: a stem, and a loop that is taken for ever; or a stem where it ends.

Which states lie on a cheapest stem, and in which loops, is the engine's word; the steps between them are found here, least
label first, and run by the reference engine. What was made is then judged again, by the definitions of docs/liveness.md and
nothing else: that the loop closes, that the property fails on it, and that it keeps the fairness that is assumed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.fairness import Turn, turn_of
from quorate.explorer.contract.liveness import Wanted, banned
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.causes import causes_of
from quorate.explorer.traces.story import narrate
from quorate.language.errors import Defect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.explorer.contract.edges import Edge, Expansion
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Lasso, Way
    from quorate.explorer.contract.trace import Cause, Trace
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


def tell_run(engine: ReferenceEngine, asked: Asked, lasso: Lasso, fairness: Fairness) -> Trace:
    """Return the trace of the least run that breaks the property. Errors: Defect where the engine's word is wrong."""
    weaver = Weaver(engine, asked, lasso, fairness)
    run = weaver.run()
    fault = flaw(engine, asked, fairness, run)
    if fault:
        raise Defect(f"the run that is to break `{asked.name}` does not: {fault}")
    return narrate_run(engine, asked, fairness, run)


# -- finding it -------------------------------------------------------------------------------------------------------


class Weaver:
    """Follows a lasso, step by step."""

    def __init__(self, engine: ReferenceEngine, asked: Asked, lasso: Lasso, fairness: Fairness) -> None:
        self.engine, self.asked, self.lasso, self.fairness = engine, asked, lasso, fairness
        self.sight = Sight(engine, asked, fairness)

    def run(self) -> Run:
        """Return the stem, then the loop."""
        start, stem = self._stem()
        state = _last(start, stem)
        if self.lasso.ends(state):
            return Run(start, tuple(stem), None)
        return Run(start, (*stem, *self._loop(state)), len(stem))

    def _stem(self) -> tuple[Global, list[Edge]]:
        """Return where the run begins, and the steps to where it loops or ends."""
        way = self.lasso.stem
        for start in self.engine.initial_states():
            phases = self.sight.phases(start, {0}, first=True)
            if way.steps == 0:
                if 1 in phases and self._arrived(start):
                    return start, []
            elif phases := {p for p in phases if way.admits(start, p, 0, 0)}:
                return start, self._along(start, phases)
        raise self._wrong("begins nowhere")

    def _along(self, state: Global, phases: set[int]) -> list[Edge]:
        way, taken, spent = self.lasso.stem, list["Edge"](), 0
        while len(taken) < way.steps:
            last = len(taken) == way.steps - 1
            for edge in self.engine.successors(state).edges:
                if edge.target is None or (last and spent + edge.cost != way.faults):
                    continue
                after = self.sight.phases(edge.target, phases)
                if last:
                    if 1 in after and self._arrived(edge.target):
                        break
                elif after := {p for p in after if way.admits(edge.target, p, spent + edge.cost, len(taken) + 1)}:
                    break
            else:
                raise self._wrong(f"goes nowhere after step {len(taken)}")
            taken.append(edge)
            spent, state, phases = spent + edge.cost, edge.target, after
        return taken

    def _arrived(self, state: Global) -> bool:
        return self.lasso.ends(state) or self.lasso.joined(state, state)

    def _loop(self, home: Global) -> list[Edge]:
        """Return a loop from a state to itself: as short as a visit of the nearest of what is still missing makes it."""
        owed = Wanted(bad=self.asked.prop.modality == "eventually_always")
        while True:
            loop = self._round(home, owed)
            states = [home, *[e.target for e in loop[:-1] if e.target is not None]]
            more = self.sight.missing(states, loop)
            if more.taken <= owed.taken and more.absent <= owed.absent:
                return loop
            owed = replace(owed, taken=owed.taken | more.taken, absent=owed.absent | more.absent)

    def _round(self, home: Global, owed: Wanted) -> list[Edge]:
        loop: list[Edge] = []
        state = home
        left = self._left(owed, None, home)
        while left.taken or left.absent or left.bad:
            piece = self.lasso.piece(state, left)
            if piece is None:
                raise self._wrong("does not keep what is assumed")
            edges = self._piece(state, home, piece, left)
            loop += edges
            state = _last(state, edges)
            for edge in edges:
                left = self._left(left, edge, edge.target)
        if not loop or state != home:
            wanted = Wanted(home=home)
            piece = self.lasso.piece(state, wanted)
            if piece is None:
                raise self._wrong("never comes back")
            loop += self._piece(state, home, piece, wanted)
        return loop

    def _left(self, owed: Wanted, edge: Edge | None, state: Global | None) -> Wanted:
        """Return what is still missing after an edge to a state."""
        assert state is not None
        turn = turn_of(edge.act) if edge else None
        able = self.sight.able(state) if owed.absent else frozenset[Turn]()
        bad = owed.bad and not self.sight.bad(state)
        return replace(owed, taken=owed.taken - {turn}, absent=(owed.absent & able) - {turn}, bad=bad)

    def _piece(self, state: Global, home: Global, way: Way, wanted: Wanted) -> list[Edge]:
        taken, spent = list["Edge"](), 0
        while len(taken) < way.steps:
            last = len(taken) == way.steps - 1
            for edge in self.engine.successors(state).edges:
                if edge.target is None or not self.sight.loops(edge) or not self.lasso.joined(edge.target, home):
                    continue
                after = spent + edge.cost
                if last:
                    if after == way.faults and self._reaches(edge, wanted):
                        break
                elif way.admits(edge.target, 1, after, len(taken) + 1):
                    break
            else:
                raise self._wrong("breaks off within its loop")
            taken.append(edge)
            spent, state = after, edge.target
        return taken

    def _reaches(self, edge: Edge, wanted: Wanted) -> bool:
        assert edge.target is not None
        if turn_of(edge.act) in wanted.taken | wanted.absent or edge.target == wanted.home:
            return True
        return not wanted.absent <= self.sight.able(edge.target) or (wanted.bad and self.sight.bad(edge.target))

    def _wrong(self, what: str) -> Defect:
        return Defect(f"the engines disagree about `{self.asked.name}`: the run that is to break it {what}")


def _last(start: Global, edges: Sequence[Edge]) -> Global:
    return edges[-1].target if edges and edges[-1].target is not None else start


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


# -- judging it again -------------------------------------------------------------------------------------------------


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


# -- telling it -------------------------------------------------------------------------------------------------------


def narrate_run(engine: ReferenceEngine, asked: Asked, fairness: Fairness, run: Run) -> Trace:
    """Return the trace of a run that breaks the property, and in sentences what never happens in it."""
    told = narrate(engine, asked.prop.name, run.start, run.edges)
    asks = asked.prop.goal or asked.prop
    reasons: tuple[Cause, ...] = ()
    if asked.prop.modality != "progress":
        at = next((s for s in run.round if Sight(engine, asked, fairness).bad(s)), run.states[-1])
        reasons = causes_of(asks, Present(engine.system, at, "look"), asked.processes)
    return replace(
        told,
        causes=reasons,
        loop=run.loop,
        asked=tuple(p.label for p in asked.processes),
        fairness=fairness.words,
        remarks=tuple(_remarks(engine, asked, fairness, run)),
    )


def _remarks(engine: ReferenceEngine, asked: Asked, fairness: Fairness, run: Run) -> Iterator[str]:
    sight = Sight(engine, asked, fairness)
    yield _never(asked, sight, run)
    if asked.prop.modality == "possible":
        return
    if run.loop is None:
        able = sorted(sight.every_turn(run.states[-1]))
        yield "no step of the protocol can happen any more" + (f", only {_steps(able)}" if able else "")
        yield from (f"`weak {step}` would not let it end there" for step in dict.fromkeys(t.step for t in able))
        return
    if fairness.words:
        yield f"it keeps what is assumed: {', '.join(fairness.words)}"
    else:
        yield "nothing is assumed to be fair"
    costed = list(dict.fromkeys(e.act.step for e in run.edges[run.loop :] if e.cost))
    if costed:
        yield f"the loop takes a fault again and again: {', '.join(costed)}"
    yield from _excluding(engine, sight, run)


def _never(asked: Asked, sight: Sight, run: Run) -> str:
    goal = f"`{_goal_name(asked)}`"
    where = "at the end" if run.loop is None else "in the loop"
    match asked.prop.modality:
        case "eventually":
            return f"{goal} is never true in this run"
        case "leads_to":
            bad = [sight.bad(s) for s in run.states]
            at = next(n for n, s in enumerate(run.states) if all(bad[n:]) and 1 in sight.phases(s, {0}))
            when = f"after step {at}" if at else "in the beginning"
            return f"{when} `{asked.name}` is true, and {goal} never is from then on"
        case "always_eventually":
            return f"{goal} is never true {where}"
        case "eventually_always":
            return f"{goal} is false {'at the end' if run.loop is None else 'again and again'}"
        case "progress":
            return f"{' and '.join(f'`{s}`' for s in asked.prop.steps) or 'no step of the protocol'} is never taken {where}"
        case _:
            return f"from here no state that satisfies {goal} can be reached"


def _goal_name(asked: Asked) -> str:
    prop = asked.prop.goal
    return asked.name if prop is None else f"{prop.node.name}{asked.name[len(asked.prop.name) :]}"


def _excluding(engine: ReferenceEngine, sight: Sight, run: Run) -> Iterator[str]:
    """Yield which steps could have happened in the loop and did not, and which fairness would have had them happen."""
    assert run.loop is not None
    taken = {turn_of(e.act) for e in run.edges[run.loop :]}
    able = [sight.every_turn(s) for s in run.round]
    always, ever = frozenset.intersection(*able) - taken, frozenset.union(*able) - taken
    if not ever:
        yield "every step that can happen in the loop does, so no fairness excludes it"
    for turns, when, strength in ((always, "all the time", "weak"), (ever - always, "again and again", "strong")):
        by_step: defaultdict[str, list[Turn]] = defaultdict(list)
        for turn in sorted(turns):
            by_step[turn.step].append(turn)
        for step, mine in by_step.items():
            whose = _whose(engine, mine)
            yield f"`{step}`{whose} could happen {when} and never does: `{strength} {step}` would exclude this loop"


def _whose(engine: ReferenceEngine, turns: Iterable[Turn]) -> str:
    processes = engine.system.model.processes
    pairs = [(processes[t.process].label, t.sender) for t in turns if t.process is not None]
    who = [taker if sender is None else f"{taker} from {processes[sender].label}" for taker, sender in pairs]
    return f" of {', '.join(who)}" if who else ""


def _steps(turns: Iterable[Turn]) -> str:
    return ", ".join(dict.fromkeys(f"`{t.step}`" for t in turns))
