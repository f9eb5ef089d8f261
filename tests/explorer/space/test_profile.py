"""What makes a space grow: counted twice, and advice that a search bears out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from quorate.explorer.check import Request, check, configure
from quorate.explorer.space.profile import Plan, Profile, Try, profile
from tests.cli.running import CHATTER, LOCK

TALK = Request(model=CHATTER, engine="reference")
RESTARTS = Request(model=LOCK, preset="server restarts", engine="reference")


@pytest.fixture(scope="module")
def restarts() -> Profile:
    return profile(RESTARTS, Plan())


def test_the_tables_add_up(restarts: Profile) -> None:
    whole = check(RESTARTS).exploration
    assert (restarts.states, restarts.cut, restarts.whole.states) == (whole.states, None, whole.states)
    assert sum(level.states for level in restarts.levels) == whole.states
    assert sum(level.edges for level in restarts.levels) == whole.edges
    assert [level.depth for level in restarts.levels] == list(range(whole.depth + 1))
    assert {s.step: s.edges for s in restarts.steps} == {n: t for n, t in whole.fired.items() if t}
    assert sum(s.new for s in restarts.steps) == whole.states - restarts.levels[0].states
    assert sum(restarts.flying) == whole.states


def test_a_field_that_nothing_else_tells_multiplies_the_space() -> None:
    """The bystanders walk 0 to 3 steps each, whatever the others do: 4 times 4 as many states."""
    found = profile(TALK, Plan(tries=False))
    shares = {f.name: f for f in found.fields}
    assert (shares["Bystander.steps"].values, shares["Bystander.steps"].factor) == (4, 16)
    assert found.states == 160
    # Of told, heard and notes in flight there are 10 together; two of them tell the third, but that 2 heard may be 3.
    assert shares["Listener.heard"].factor == 1
    assert shares["Talker.told"].factor == shares["in flight"].factor == pytest.approx(10 / 9)
    assert found.fields[0].name == "Bystander.steps"
    assert (found.tries, found.advice) == ((), None)


def test_each_bound_is_searched_again(restarts: Profile) -> None:
    tried = {t.name: t for t in restarts.tries}
    assert "restart budget" in tried
    for t in restarts.tries:
        if t.states is None or t.cut:
            continue
        if t.name.endswith("budget"):
            faults = configure(RESTARTS).preset.faults
            less = replace(faults, **cast("dict[str, Any]", {t.name.split()[0]: t.after}))
            again = check(replace(RESTARTS, faults=less))
        else:
            again = check(replace(RESTARTS, parameters={t.name: t.after}))
        assert again.exploration.states == t.states


def test_the_advice_is_the_bound_that_leaves_fewest(restarts: Profile) -> None:
    best = restarts.advice
    assert best is not None
    assert best.states is not None
    assert best.bounds
    others = [t.states for t in restarts.tries if t.states is not None and t.bounds and not t.cut]
    assert best.states == min(others) < restarts.whole.states


def test_no_advice_where_nothing_gets_smaller(restarts: Profile) -> None:
    larger = Try("N", "2", "1", restarts.whole.states, "states", bounds=True)
    assert replace(restarts, tries=(larger,)).advice is None


def test_a_part_says_so() -> None:
    found = profile(TALK, Plan(states=20, tries=False))
    assert (found.states, found.cut, found.whole.states) == (20, "states", 160)
