"""The benchmark's yardsticks search the same states as Quorate does."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from benchmarks.runs import Task, search
from benchmarks.yardsticks import handwritten, spin

if TYPE_CHECKING:
    from pathlib import Path


def test_the_search_by_hand_has_the_steps_of_the_model(tmp_path: Path) -> None:
    run, ours = handwritten(3, tmp_path), search(Task("two_phase_commit", "tla", {"MANAGERS": 3}))
    assert (run.states, run.edges) == (ours.run.states, ours.run.edges) == (288, 1145)
    assert ours.packed == 8


@pytest.mark.skipif(not shutil.which("spin"), reason="Spin is not installed")
def test_spin_has_the_states_of_the_model(tmp_path: Path) -> None:
    run = spin(3, tmp_path)
    assert run is not None
    assert run.states == 288
    assert run.edges >= 1145
