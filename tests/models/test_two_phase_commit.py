"""Two-phase commit in TLA+ form has exactly the states and steps of the search written by hand in `benchmarks/`."""

from __future__ import annotations

import pytest

from quorate.explorer.check import Request, check


@pytest.mark.parametrize(
    ("managers", "states", "edges"),
    [(1, 12, 19), (2, 56, 153), (3, 288, 1_145), (5, 8_832, 58_145), (7, 296_448, 2_744_705)],
)
def test_states_and_steps_of_the_specification(managers: int, states: int, edges: int) -> None:
    result = check(Request(model="two_phase_commit", preset="tla", parameters={"managers": managers}, engine="native"))
    exploration = result.exploration
    assert (exploration.states, exploration.edges, exploration.depth) == (states, edges, 3 * managers + 1)
    assert exploration.fired["Coordinator.commit"] == 1, "only where everyone has prepared and nothing is decided"
