"""The sample protocol of the design, as printed there: it checks, and its numbers are known."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.verdict import Verdict

ELECTION = str(Path(__file__).with_name("election.py"))


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_one_term_has_203_states(engine: Literal["native", "reference"]) -> None:
    result = check(Request(model=ELECTION, parameters={"max_term": 1}, engine=engine))
    assert result.exploration.states == 203
    assert {a.name: a.verdict for a in result.answers} == {
        "one_leader_per_term": Verdict.HOLDS,
        "a_leader_is_elected": Verdict.HOLDS,
    }
    assert [(s.text, s.times > 0) for s in result.exploration.limits] == [("MAX_TERM = 1", True)]


def test_two_terms_hold() -> None:
    result = check(Request(model=ELECTION, engine="native"))
    assert result.exit_code == 0
    assert result.setup.preset == "default"


def test_a_forgotten_vote_elects_two_leaders() -> None:
    result = check(Request(model=ELECTION, preset="forgotten vote", engine="native"))
    answer = next(a for a in result.answers if a.name == "one_leader_per_term")
    assert answer.as_expected
    assert answer.trace is not None
    assert [m.label.step for m in answer.trace.moments if m.label.sort == "fault"] == ["crash", "amnesia"]
    assert len(answer.trace.moments) == 8
