"""Two-phase commit in TLA+ form has the state spaces that are known for it; so have its steps."""

from __future__ import annotations

import pytest

from quorate.explorer.check import Request, check


@pytest.mark.parametrize(("managers", "states"), [(1, 8), (3, 288), (5, 8_832), (7, 296_448)])
def test_states_of_the_specification(managers: int, states: int) -> None:
    result = check(Request(model="two_phase_commit", preset="tla", parameters={"managers": managers}, engine="native"))
    assert result.exploration.states == states
    assert result.exploration.depth == 3 * managers + 1


def test_steps_of_the_specification_include_those_that_change_nothing() -> None:
    exploration = check(Request(model="two_phase_commit", preset="tla", engine="native")).exploration
    assert exploration.edges == 1_145
    assert exploration.fired["Coordinator.commit"] == 1, "only where everyone has prepared and nothing is decided"
