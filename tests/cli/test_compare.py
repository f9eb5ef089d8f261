"""`quorate check --compare`: how much of a search both engines are asked about, and what a difference ends in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from quorate.language.c import expressions as c_expressions
from quorate.language.program.ir import Operator as Op

if TYPE_CHECKING:
    from tests.cli.running import Runner

COMMIT = ("check", "two_phase_commit")


def test_as_many_states_are_compared_as_asked_for(quorate: Runner) -> None:
    assert json.loads(quorate(*COMMIT, "--compare", "all", "--json").out)["compared"] == 415
    assert json.loads(quorate(*COMMIT, "--compare", "100", "--json").out)["compared"] >= 100
    assert json.loads(quorate(*COMMIT, "--engine", "reference", "--json").out)["compared"] == 0


def test_the_terminal_says_how_many(quorate: Runner) -> None:
    assert "both engines compared in 415 states" in " ".join(quorate(*COMMIT, "--compare", "all").out.split())
    assert "compared" not in quorate(*COMMIT, "--engine", "reference").out


@pytest.mark.parametrize("wrong", ["63", "-1", "many", "1.5", ""])
def test_a_wrong_number_to_compare_is_refused(wrong: str, quorate: Runner) -> None:
    run = quorate(*COMMIT, "--compare", wrong)
    assert run.code == 2
    assert "64 always are compared" in run.err


def test_a_disagreement_has_an_exit_code_of_its_own(quorate: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(c_expressions.OPERATORS, Op.EQ, c_expressions.OPERATORS[Op.NE])
    run = quorate(*COMMIT)
    assert run.code == 4
    assert run.out == ""
    assert "the engines disagree" in run.err
