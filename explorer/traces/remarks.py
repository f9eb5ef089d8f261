"""A run that breaks a property of whole runs, told: what never happens in it, what could have, which fairness excludes it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.fairness import turn_of
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.breaking import Sight
from quorate.explorer.traces.causes import causes_of
from quorate.explorer.traces.story import narrate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.explorer.contract.fairness import Fairness, Turn
    from quorate.explorer.contract.trace import Cause, Trace
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.explorer.traces.breaking import Run
    from quorate.language.loading.model import Asked


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
            steps = " and ".join(f"`{step}`" for step in asked.prop.steps)
            verb = "are" if len(asked.prop.steps) > 1 else "is"
            return f"{steps} {verb} never taken {where}" if steps else f"no step of the protocol is taken {where}"
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
