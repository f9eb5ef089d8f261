"""Whatever is given, a command answers or refuses in words: a few hundred of `hostile.py`, the same every time."""

from __future__ import annotations

import pytest

from tests.cli.hostile import Trial, commands, trial, tried, whole_trace

BATCHES, BATCH = 6, 25


@pytest.fixture(scope="module")
def saved() -> str:
    return whole_trace()


def test_every_command_is_known() -> None:
    known = {path for path, _ in commands()}
    assert {("check",), ("simulate",), ("trace",), ("quorum", "derive"), ("prove",)} <= known


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_hostile_command_is_answered_or_refused(batch: int, saved: str) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        made = trial(seed, saved)
        assert tried(made).wrong(made) is None, f"`python -m tests.cli.hostile --seed {seed}`\n{made}"


@pytest.mark.parametrize("words", ["quorum prove --list --json", "prove --list --json", "list --json"])
def test_what_is_listed_is_a_document(words: str) -> None:
    made = Trial(tuple(words.split()))
    ran = tried(made)
    assert (ran.code, ran.wrong(made)) == (0, None)
