"""Which steps of a trace its end needs: found by running it again without them, never guessed.

First whatever can be left out is left out, until the same end needs every step that remains. Then each of these is left out
alone, with the others in their order: either some later step does not exist any more, or all do and the end does not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.reference.judging import edge_view
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.causes import causes_of
from quorate.explorer.traces.rerun import Rerun, Run, shrinking
from quorate.explorer.traces.story import narrate
from quorate.language.declare import LIVENESS

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Target
    from quorate.explorer.contract.trace import Cause, Trace
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.explorer.traces.replay import Replayed

MOST_STEPS = 2000  # leaving out is tried about the square of this many times at worst


@dataclass(frozen=True, slots=True)
class Need:
    """Why a step cannot be left out: `breaks` is the first later step that does not exist without it.

    None: all the others can happen without it, and what the trace ends in does not show.
    """

    step: int
    breaks: int | None


@dataclass(frozen=True, slots=True)
class Relevance:
    """The steps by number, from 1. `idle` can be left out together; `shorter` is the trace without them.

    `after` are those of `idle` that come after the end had already shown.
    """

    needs: tuple[Need, ...]
    idle: tuple[int, ...]
    after: tuple[int, ...]
    shorter: Trace


def relevance_of(trace: Trace, replayed: Replayed) -> Relevance | None:
    """Return what the trace's end needs; None for a run that breaks a property of whole runs, and beyond `MOST_STEPS`.

    The end is the same where the same property is false for the same reasons, with the same values.
    """
    if trace.loop is not None or trace.modality in LIVENESS or len(trace.moments) > MOST_STEPS:
        return None
    engine, target = replayed.engine, trace.name
    again = Rerun(engine, frozenset({target}))
    whole = again.follow(replayed.states[0], [e.act for e in replayed.edges])
    assert whole is not None, "a trace that replays reaches its target"
    run = whole
    causes = causes_at_end(engine, target, run)
    for shorter in shrinking(again, run, lambda r: causes_at_end(engine, target, r) == causes):
        run = shorter
    kept = [n + 1 for n in run.numbers]
    return Relevance(
        tuple(Need(step, _breaks(again, run, at)) for at, step in enumerate(kept)),
        tuple(n for n in range(1, len(trace.moments) + 1) if n not in kept),
        tuple(range(len(whole.edges) + 1, len(trace.moments) + 1)),
        narrate(engine, target, run.start, run.edges),
    )


def causes_at_end(engine: ReferenceEngine, target: Target, run: Run) -> tuple[Cause, ...]:
    """Return the reasons why the property is false at the end of a run; none for an error or a stuck state."""
    prop = next((p for p in engine.system.model.properties if p.name == target), None)
    if prop is None:
        return ()
    states = run.states
    edge = prop.modality == "step" and len(states) > 1
    return causes_of(prop, edge_view(engine.system, *states[-2:]) if edge else Present(engine.system, run.last, "look"))


def _breaks(again: Rerun, run: Run, left_out: int) -> int | None:
    """Return the number of the first later step that does not exist where one is left out and the others keep their order."""
    state = run.start if left_out == 0 else run.edges[left_out - 1].target
    for at in range(left_out + 1, len(run.edges)):
        assert state is not None, "only the last edge of a run may be an error"
        edge = again.taken(state, run.edges[at].act)
        if edge is None:
            return run.numbers[at] + 1
        state = edge.target or state
    return None
