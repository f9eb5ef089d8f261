"""Random walks: they can be repeated, both engines take them, and what they find cannot be made smaller."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, configure
from quorate.explorer.contract.engine import Limits
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.rerun import Rerun, Run, shrinking
from quorate.explorer.walks.simulate import Plan, Simulation, simulate
from quorate.language.errors import UsageError
from tests.cli.running import CHATTER, LOCK

if TYPE_CHECKING:
    from quorate.explorer.check import EngineName
    from quorate.explorer.contract.trace import Moment

RESTARTS = Request(model=LOCK, preset="server restarts", engine="reference")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def steps(simulation: Simulation) -> list[str]:
    assert simulation.trace is not None
    return [moment.text for moment in simulation.trace.moments]


def found(plan: Plan) -> Simulation:
    return simulate(RESTARTS, plan)


def test_equal_seeds_give_equal_walks() -> None:
    first, second = (found(Plan(seed=3, shrink=False)) for _ in range(2))
    assert steps(first) == steps(second)
    assert (first.walk.number, first.walk.steps) == (second.walk.number, second.walk.steps)


def test_different_seeds_give_different_walks() -> None:
    assert len({found(Plan(seed=seed)).walk.number for seed in range(6)}) > 1


@pytest.mark.parametrize("seed", range(5))
def test_what_is_found_is_a_run_of_the_model(seed: int) -> None:
    trace = found(Plan(seed=seed)).trace
    assert trace is not None
    assert len(replay(trace).edges) == len(trace.moments)


@pytest.mark.parametrize("seed", range(5))
def test_no_step_of_a_shrunk_run_can_be_left_out(seed: int) -> None:
    simulation = found(Plan(seed=seed))
    trace = simulation.trace
    assert trace is not None
    assert len(trace.moments) == 8  # the protocol has no way round any of these, as the exhaustive search says
    run, again = rerun(trace.moments)
    acts = [edge.act for edge in run.edges]
    for leave in range(len(acts)):
        shorter = again.follow(run.start, acts[:leave] + acts[leave + 1 :])
        assert shorter is None or len(shorter.edges) >= len(acts) - 1
        assert shorter is None, f"step {leave + 1} is not needed"


def rerun(moments: tuple[Moment, ...]) -> tuple[Run, Rerun]:
    """Return the run behind a trace's moments, and what runs it again."""
    configuration = configure(RESTARTS)
    engine = ReferenceEngine(configuration.model, configuration.setting, configuration.program)
    again = Rerun(engine, frozenset({"mutual_exclusion"}))
    (start,) = engine.initial_states()
    state, acts = start, []
    for moment in moments:
        edge = next(e for e in again.expansion(state).edges if (e.act.step, said(e.act.process, engine)) == who(moment))
        assert edge.target is not None
        acts.append(edge.act)
        state = edge.target
    run = again.follow(start, acts)
    assert run is not None
    return run, again


def said(process: int | None, engine: ReferenceEngine) -> str | None:
    return None if process is None else engine.system.model.processes[process].label


def who(moment: Moment) -> tuple[str, str | None]:
    return moment.label.step, moment.label.process


def test_shrinking_takes_out_what_does_not_matter() -> None:
    long = found(Plan(seed=1, shrink=False))
    assert long.trace is not None
    run, again = rerun(long.trace.moments)
    lengths = [len(shorter.edges) for shorter in shrinking(again, run)]
    assert lengths == sorted(set(lengths), reverse=True)
    assert ([len(run.edges), *lengths])[-1] == 8


def test_nothing_found_claims_nothing() -> None:
    nothing = simulate(Request(model=LOCK, engine="reference"), Plan(walks=30))
    assert (nothing.trace, nothing.exit_code) == (None, 3)
    assert nothing.walk.walks == 30


def test_exit_codes_follow_what_the_preset_expects() -> None:
    assert found(Plan()).exit_code == 0
    changed = Request(model=LOCK, preset="server restarts", parameters={"clients": "3"}, engine="reference")
    assert simulate(changed, Plan()).exit_code == 1


def test_a_witness_may_be_asked_for() -> None:
    witness = simulate(Request(model=LOCK, properties=("the_lock_is_taken",), engine="reference"), Plan())
    assert witness.trace is not None
    assert (witness.trace.verdict, len(witness.trace.moments), witness.exit_code) == ("found", 3, 0)


def test_time_ends_the_walking() -> None:
    cut = simulate(Request(model=LOCK, engine="reference", limits=Limits(seconds=0.0)), Plan(walks=10**9))
    assert (cut.walk.cut, cut.exit_code) == ("time", 3)


def test_a_wrong_property_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean `mutual_exclusion`"):
        simulate(Request(model=LOCK, properties=("mutual_exclusin",), engine="reference"), Plan())


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler here")
def test_the_native_engine_walks_too() -> None:
    simulation = simulate(Request(model=LOCK, preset="server restarts", engine="native"), Plan(seed=2))
    assert simulation.engine == "native"
    assert len(steps(simulation)) == 8


ENGINES: tuple[EngineName, ...] = ("native", "reference")
PROTOCOLS = Path(__file__).parents[2] / "oracle" / "protocols"


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler here")
@pytest.mark.parametrize("seed", [0, -7, 2**70])
@pytest.mark.parametrize("model", [LOCK, CHATTER, *(str(PROTOCOLS / f"{n}.py") for n in ("both_ways", "abstract", "links"))])
def test_equal_seeds_give_equal_walks_in_both_engines(model: str, seed: int) -> None:
    request, plan = Request(model=model), Plan(walks=20, depth=15, seed=seed)
    native, reference = (simulate(replace(request, engine=engine), plan) for engine in ENGINES)
    assert replace(native.walk, seconds=0.0) == replace(reference.walk, seconds=0.0)
    assert (native.trace, native.found, native.exit_code) == (reference.trace, reference.found, reference.exit_code)
    assert native.walk.steps > 0


@pytest.mark.parametrize("seed", range(8))
def test_what_others_do_is_shrunk_away(seed: int) -> None:
    """Of a walk with bystanders just two notes told and two heard are left: one less, and nothing is violated."""
    talk = Request(model=CHATTER, engine="reference")
    long, short = (simulate(talk, Plan(seed=seed, shrink=shrink)) for shrink in (False, True))
    assert len(steps(short)) == 4 <= len(steps(long)) == short.found
    assert sorted(steps(short)) == ["Listener: on_note(Note()) from Talker"] * 2 + ["Talker: tell()"] * 2
