"""What a trace's end needs is found by running it again, and each finding is checked here by running it once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.traces.relevance import Need, Relevance, relevance_of
from quorate.explorer.traces.replay import Replayed, replay
from quorate.explorer.traces.rerun import Rerun
from quorate.explorer.walks.simulate import Plan, simulate
from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace

RESTARTS = Request(model=LOCK, preset="server restarts", engine="reference")
TALK = Request(model=CHATTER, engine="reference")


def of(trace: Trace) -> tuple[Relevance, Replayed]:
    replayed = replay(trace)
    found = relevance_of(trace, replayed)
    assert found is not None
    return found, replayed


def test_every_step_of_a_shortest_trace_is_needed() -> None:
    (answer,) = [a for a in check(RESTARTS).answers if a.trace]
    assert answer.trace is not None
    found, _ = of(answer.trace)
    assert [need.step for need in found.needs] == list(range(1, len(answer.trace.moments) + 1))
    assert (found.idle, found.after) == ((), ())
    assert found.shorter.moments == answer.trace.moments


@pytest.mark.parametrize("seed", range(6))
def test_the_end_is_the_same_without_what_can_be_left_out(seed: int) -> None:
    trace = simulate(TALK, Plan(seed=seed, shrink=False)).trace
    assert trace is not None
    found, replayed = of(trace)
    steps = [trace.moments[need.step - 1].label.step for need in found.needs]
    assert sorted(steps) == ["Listener.on_note"] * 2 + ["Talker.tell"] * 2
    assert sorted([*(n.step for n in found.needs), *found.idle]) == list(range(1, len(trace.moments) + 1))
    assert found.shorter.causes == trace.causes
    kept = [trace.moments[n.step - 1].label for n in found.needs]
    assert [m.label for m in found.shorter.moments] == kept
    assert replay(found.shorter).states[-1] is not None
    for need in found.needs:
        assert breaks(replayed, found, need) == need.breaks


def breaks(replayed: Replayed, found: Relevance, left_out: Need) -> int | None:
    """Return the first step that does not exist without one, by taking the others strictly one after another."""
    again = Rerun(replayed.engine, frozenset({found.shorter.name}))
    state = replayed.states[0]
    for need in found.needs:
        if need.step == left_out.step:
            continue
        edge = again.taken(state, replayed.edges[need.step - 1].act)
        if edge is None:
            return need.step
        assert edge.target is not None
        state = edge.target
        assert not again.at(state)
    return None


def test_no_step_of_the_shorter_trace_can_be_left_out() -> None:
    trace = simulate(TALK, Plan(seed=1, shrink=False)).trace
    assert trace is not None
    found, _ = of(trace)
    assert found.idle
    again, replayed = of(found.shorter)
    assert again.idle == ()
    follow = Rerun(replayed.engine, frozenset({trace.name}))
    acts = [edge.act for edge in replayed.edges]
    for leave in range(len(acts)):
        assert follow.follow(replayed.states[0], acts[:leave] + acts[leave + 1 :]) is None


def test_a_witness_is_explained_too() -> None:
    request = Request(model=LOCK, engine="reference", properties=("the_lock_is_taken",))
    trace = simulate(request, Plan(shrink=False)).trace
    assert trace is not None
    found, _ = of(trace)
    assert (trace.verdict, len(found.needs)) == ("found", 3)
