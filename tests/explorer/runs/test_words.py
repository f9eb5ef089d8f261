"""What is said of whole runs where it is not simply yes or no: traps, limits, cut searches, wrong names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from quorate.explorer.contract.verdict import Verdict
from quorate.explorer.walks.simulate import Plan, simulate
from quorate.language.errors import ModelError, QuorateError, UsageError
from tests.explorer.engines.agreement import essence

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Answer, Result

HEAD = """from __future__ import annotations
from typing import Annotated
from quorate import *

class P(Process):
    n: Annotated[int, Range(0, 9)] = volatile(0)
"""
TAIL = "\np = P.single()\n"


def steps(*moves: tuple[int, int]) -> str:
    """Return actions that go from one number to another."""
    lines = [
        f"    @action\n    def from_{a}_to_{b}(self) -> None:\n        require(self.n == {a})\n        self.n = {b}\n"
        for a, b in moves
    ]
    return HEAD + "\n".join(lines) + TAIL


def asked(folder: Path, source: str, **options: object) -> Result:
    """Return what both engines say, which is the same."""
    path = folder / "model.py"
    path.write_text(source, encoding="utf-8")
    request = replace(Request(model=str(path)), **options)  # type: ignore[arg-type]
    native, reference = (check(replace(request, engine=engine)) for engine in ("native", "reference"))
    assert essence(native) == essence(reference)
    return native


def only(result: Result) -> Answer:
    (answer,) = result.answers
    return answer


# -- the trap: what is true of a state on some way to it is not true of every way, and a loop is a run as well ---------


@pytest.mark.parametrize(
    ("moves", "verdict"),
    [
        ([(0, 1), (1, 5), (5, 2), (2, 2)], "holds"),  # past it, then round for ever
        ([(0, 1), (1, 5), (5, 2), (2, 2), (0, 2)], "violated"),  # the same loop by a way that leaves it out
        ([(0, 1), (0, 5), (1, 2), (5, 2)], "violated"),  # two ways join, and one was past it
        ([(0, 5), (5, 0)], "holds"),
        ([(0, 1), (1, 0), (1, 5)], "violated"),  # it can be put off for ever
        ([(0, 1), (1, 2), (2, 0), (2, 5), (5, 5)], "violated"),
        ([(0, 1), (1, 5), (0, 2), (2, 5)], "holds"),
    ],
)
def test_an_eventually_that_a_cycle_fools(tmp_path: Path, moves: list[tuple[int, int]], verdict: str) -> None:
    result = asked(tmp_path, steps(*moves) + "@eventually\ndef five() -> bool:\n    return p.n == 5\n")
    assert only(result).verdict.value == verdict


# -- limits ------------------------------------------------------------------------------------------------------------

LIMITED = HEAD + "    @action\n    def up(self) -> None:\n        limit(self.n < 3)\n        self.n += 1\n{more}" + TAIL
NINE = "@eventually\ndef nine() -> bool:\n    return p.n == 9\n"
STAYS = "    @action\n    def stay(self) -> None:\n        require(self.n == 3)\n"


def test_a_run_that_a_limit_stopped_is_neither_a_counterexample_nor_a_proof(tmp_path: Path) -> None:
    answer = only(asked(tmp_path, LIMITED.format(more="") + NINE))
    assert answer.verdict is Verdict.CUT
    assert "limit" in answer.because


def test_a_loop_within_the_limits_is_a_loop(tmp_path: Path) -> None:
    answer = only(asked(tmp_path, LIMITED.format(more=STAYS) + NINE))
    assert answer.verdict is Verdict.VIOLATED
    assert answer.trace
    assert answer.trace.loop == 3


def test_a_loop_that_is_fair_only_by_a_limit_is_undecided(tmp_path: Path) -> None:
    assert only(asked(tmp_path, LIMITED.format(more=STAYS) + NINE, fairness="weak P.up")).verdict is Verdict.CUT


def test_what_can_still_come_beyond_a_limit_is_undecided(tmp_path: Path) -> None:
    may = NINE.replace("eventually", "possible")
    assert only(asked(tmp_path, LIMITED.format(more="") + may)).verdict is Verdict.CUT
    assert only(asked(tmp_path, LIMITED.format(more="").replace("limit", "require") + may)).verdict is Verdict.VIOLATED


def test_a_state_outside_a_constraint_is_no_end(tmp_path: Path) -> None:
    outside = "@constraint\ndef small() -> bool:\n    return p.n < 2\n"
    assert only(asked(tmp_path, steps((0, 1), (1, 2), (2, 3)) + outside + NINE)).verdict is Verdict.CUT


# -- a search that was cut never says that something holds -------------------------------------------------------------

HOLDS = steps((0, 1), (1, 2), (2, 3)) + "@eventually\ndef three() -> bool:\n    return p.n == 3\n"


@pytest.mark.parametrize("limits", [Limits(depth=1), Limits(states=2)])
def test_a_search_that_was_cut_says_nothing(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "model.py"
    path.write_text(HOLDS, encoding="utf-8")
    for engine in ("native", "reference"):
        answer = only(check(Request(model=str(path), limits=limits, engine=engine)))
        assert answer.verdict is Verdict.CUT


def test_the_compact_store_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(HOLDS, encoding="utf-8")
    answer = only(check(Request(model=str(path), store="compact", engine="native")))
    assert answer.verdict is Verdict.CUT
    assert "--store exact" in answer.because


def test_what_never_was_true_had_nothing_to_lead_to(tmp_path: Path) -> None:
    source = (
        steps((0, 1)) + "def one() -> bool:\n    return p.n == 1\n\n@leads_to(one)\ndef seven() -> bool:\n    return p.n == 7\n"
    )
    assert only(asked(tmp_path, source)).verdict is Verdict.VACUOUS


def test_an_error_in_a_property_of_runs_is_one_of_the_model(tmp_path: Path) -> None:
    source = steps((0, 1)) + "@eventually\ndef broken() -> bool:\n    return 3 // (1 - p.n) == 1\n"
    result = asked(tmp_path, source)
    assert result.exit_code == 2
    assert result.error_trace


# -- ends --------------------------------------------------------------------------------------------------------------


def test_a_run_may_end_where_only_a_restart_could_follow(tmp_path: Path) -> None:
    source = steps((0, 1)) + "@eventually\ndef one() -> bool:\n    return p.n == 1\n"
    source += 'presets = [Preset("default", faults=Faults(crash=1, restart=1))]\n'
    answer = only(asked(tmp_path, source))
    assert answer.verdict is Verdict.VIOLATED
    assert answer.trace
    assert answer.trace.loop is None
    assert "`weak restart` would not let it end there" in answer.trace.remarks
    assert only(asked(tmp_path, source, fairness="weak restart")).verdict is Verdict.HOLDS


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fairness", "words"),
    [
        ("weak P.from_0_to_2", "did you mean `P.from_"),
        ("wek P", "did you mean `weak`?"),
        ("weak from_0_to_1", "did you mean `P.from_0_to_1`?"),
        ("strong crash", "a fault that costs"),
        ("weak restart", "never happens here"),
        ("weak P of Q", "has no group or kind of process `Q`"),
        ("", "fairness is `weak` or `strong`"),
    ],
)
def test_fairness_of_what_is_not_there_is_refused(tmp_path: Path, fairness: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(tmp_path, HOLDS, fairness=fairness)
    assert words in str(caught.value)


def test_fairness_of_what_never_fires_is_said(tmp_path: Path) -> None:
    source = HOLDS.replace("p = P", "p = P") + 'presets = [Preset("default", fairness=[weak(P.never)])]\n'
    source = source.replace("\np = P", "    @action\n    def never(self) -> None:\n        require(self.n == 8)\n\np = P")
    assert "fairness is assumed of what never happens: P.never" in asked(tmp_path, source).notes


@pytest.mark.parametrize(
    ("prop", "words"),
    [
        ("@eventually\ndef e(n: int) -> bool:\n    return p.n == n\n", "an argument of a property is a process"),
        ("@always\ndef e(q: P) -> bool:\n    return q.n == 0\n", "a property is a function without arguments"),
        (
            "def g() -> bool:\n    return True\n@leads_to(g)\ndef e(q: P) -> bool:\n    return q.n == 0\n",
            "not asked of the same processes",
        ),
        ("@leads_to\ndef e() -> bool:\n    return p.n == 0\n", "leads to nothing"),
        ("@leads_to(3)\ndef e() -> bool:\n    return p.n == 0\n", "names a function"),
        ("e = [progress(P.from_0_to_1)]\n", "a property has no name"),
    ],
)
def test_properties_that_cannot_be_are_refused(tmp_path: Path, prop: str, words: str) -> None:
    with pytest.raises(QuorateError) as caught:
        asked(tmp_path, steps((0, 1)) + prop)
    assert words in str(caught.value)


def test_progress_of_a_step_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        asked(tmp_path, steps((0, 1)) + 'e = progress("P.from_0_to_2")\n')
    assert "there is no step `P.from_0_to_2` (did you mean `P.from_0_to_1`?)" in str(caught.value)


def test_a_walk_does_not_judge_whole_runs(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(HOLDS, encoding="utf-8")
    with pytest.raises(UsageError):
        simulate(Request(model=str(path), properties=("three",)), Plan(seed=1, depth=3, walks=1))
    assert simulate(Request(model=str(path)), Plan(seed=1, depth=3, walks=1)).trace is None
