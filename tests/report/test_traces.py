from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.trace import Envelope, Lane
from quorate.report.diagrams.mermaid import mermaid
from quorate.report.documents.itf import itf
from quorate.report.scene.scene import people, scene_of
from quorate.report.screen import ASCII, Screen, screen_of
from quorate.report.terminal.account import account
from tests.report import stories

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.trace import Trace

TRACES: dict[str, Callable[[], Trace]] = {
    "forgotten_vote": stories.forgotten_vote,
    "bad_network": stories.bad_network,
    "error": stories.error,
}
SCREENS = {"wide": Screen(120), "80": Screen(80), "ascii": Screen(80, glyphs=ASCII), "narrow": Screen(44)}


def drawn(trace: Trace, screen: Screen) -> str:
    return screen.render(account(trace, screen)) + "\n"


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("name", TRACES)
def test_a_trace_in_the_terminal(name: str, size: str, golden: Callable[[str, str], None]) -> None:
    trace = TRACES[name]()
    text = drawn(trace, SCREENS[size])
    # The text of an error stays as it is: its caret points into the line above.
    assert max(len(part) for part in text.splitlines() if part not in trace.error) <= SCREENS[size].width
    golden(f"{name}_{size}.txt", text)


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_as_mermaid(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.mmd", mermaid(TRACES[name]()) + "\n")


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_as_itf(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.itf.json", json.dumps(itf(TRACES[name]()), indent=1) + "\n")


def test_itf_has_one_value_of_each_variable_in_each_state() -> None:
    document = itf(stories.forgotten_vote())
    states = document["states"]
    assert isinstance(states, list)
    assert len(states) == 9
    for number, state in enumerate(states):
        assert isinstance(state, dict)
        assert {"#meta", *state} == {"#meta", *document["vars"]}  # type: ignore[misc]
        assert state["#meta"] == {"index": number}
    last = states[-1]
    assert isinstance(last, dict)
    assert last["Server_role"] == {"#map": [["Server 1", "LEADER"], ["Server 2", "LEADER"], ["Server 3", "FOLLOWER"]]}


def test_colours_change_no_letter() -> None:
    trace = stories.forgotten_vote()
    plain, coloured = drawn(trace, Screen(80)), drawn(trace, Screen(80, colour=True))
    assert "\x1b[" in coloured
    assert plain == "".join(part.partition("m")[2] if i else part for i, part in enumerate(coloured.split("\x1b[")))


def test_a_lane_without_a_part_is_named_but_not_drawn() -> None:
    trace = stories.forgotten_vote(9)
    scene = scene_of(trace)
    assert [lane.label for lane in scene.lanes] == ["Server 1", "Server 2", "Server 3"]
    assert "Server 4, 5, 6, 7, 8, 9 take no part" in drawn(trace, Screen(80))


def test_more_than_eight_lanes_are_told_as_a_list() -> None:
    trace = stories.forgotten_vote(9)
    crowd = tuple(Envelope(n, stories.message("Ping"), f"Server {n - 100}", "Server 1") for n in range(101, 110))
    first = replace(trace.moments[0], envelopes=(*trace.moments[0].envelopes, *crowd), sent=tuple(e.id for e in crowd))
    text = drawn(replace(trace, moments=(first, *trace.moments[1:])), Screen(160))
    assert "1. Server 1: start_election" in text
    assert "receives RequestVote(term=1) from Server 1 (sent at step" in text


def test_a_violation_of_an_initial_state_needs_no_step() -> None:
    trace = replace(stories.forgotten_vote(), moments=())
    assert "no step is needed: an initial state is enough" in drawn(trace, Screen(80))


def test_a_lasso_says_where_it_goes_back_to() -> None:
    assert "and again from step 4, for ever" in drawn(replace(stories.forgotten_vote(), loop=3), Screen(80))


def test_each_message_travels_from_the_step_that_sent_it() -> None:
    rows = scene_of(stories.forgotten_vote()).rows
    assert [(r.number, a.source, a.target, a.sent) for r in rows for a in r.arrows] == [
        (3, "Server 1", "Server 3", 1),
        (4, "Server 3", "Server 1", 3),
        (7, "Server 2", "Server 3", 2),
        (8, "Server 3", "Server 2", 7),
    ]


def test_faults_of_the_network_are_what_the_states_say() -> None:
    rows = scene_of(stories.bad_network()).rows
    assert [a.way for r in rows for a in r.arrows] == ["delivered", "duplicated", "dropped", "cut both", "healed"]
    assert [e.id for e in rows[4].swallowed] == [3]
    assert rows[5].sendings[-1].lost == ("Server 2",)


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (["Server 1"], "Server 1"),
        (["Server 1", "Server 3"], "Server 1, 3"),
        (["Server 1", "Client", "Server 2"], "Server 1, 2 and Client"),
        (["A 1", "B", "C"], "A 1, B and C"),
    ],
)
def test_processes_of_a_kind_are_named_together(labels: list[str], text: str) -> None:
    assert people(labels) == text


def test_mermaid_writes_syntax_as_entities() -> None:
    trace = stories.forgotten_vote()
    assert "<b>" not in mermaid(replace(trace, name="x<b>;#"))
    assert "x#lt;b#gt;#59;#35; is violated" in mermaid(replace(trace, name="x<b>;#"))


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_only_where_they_are_wanted(environment: dict[str, str], colour: bool) -> None:
    assert screen_of(Terminal(io.BytesIO(), encoding="utf-8"), environment).colour is colour


def test_a_pipe_is_plain_and_80_columns_wide() -> None:
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert screen_of(pipe, {}) == Screen(80, colour=False, glyphs=ASCII)
    assert screen_of(pipe, {"COLUMNS": "100"}).width == 100


def test_shared_state_has_a_lane_of_its_own() -> None:
    lanes = scene_of(stories.bad_network()).lanes
    assert lanes[-1] == Lane("History", "History", None, 0, shared=True)
