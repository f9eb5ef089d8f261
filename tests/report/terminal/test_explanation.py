"""Traces told in sentences: what happened, what was not known, what can be left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.explorer.traces.relevance import Need, Relevance
from quorate.report.scene.sentences import journeys
from quorate.report.screen import Screen
from quorate.report.terminal.explanation import explanation
from tests.report.stories import bad_network, forgotten_vote

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.trace import Trace

    Golden = Callable[[str, str], None]


def told(trace: Trace, relevance: Relevance | None = None) -> str:
    return Screen(width=100).render(explanation(trace, relevance, Screen(width=100))) + "\n"


def test_a_violation_in_sentences(golden: Golden) -> None:
    needs = tuple(Need(step, None if step in {4, 8} else step + 1) for step in (1, 2, 3, 4, 7, 8))
    golden("explained_vote.txt", told(forgotten_vote(), Relevance(needs, (5, 6), (), forgotten_vote())))


def test_every_fault_of_the_network_in_sentences(golden: Golden) -> None:
    golden("explained_network.txt", told(bad_network()))


def test_messages_are_followed_to_their_end() -> None:
    ways = {w.envelope.id: w for w in journeys(bad_network())}
    assert [(i, w.sent, w.received, w.lost) for i, w in ways.items()] == [
        (1, 1, 2, None),
        (2, 2, None, 4),
        (3, 3, None, 5),
        (4, 6, None, None),
        (5, 6, None, 6),
    ]
    assert [ways[i].why for i in (2, 3, 5)] == [
        "the network dropped it",
        "the link was cut at step 5",
        "the link was cut at step 5",
    ]


def test_what_led_nowhere_is_said() -> None:
    apart = told(forgotten_vote())
    assert "Step 8 did not know of step 4: no message carried it there." in apart
    assert "No step was tried to be left out" in apart


def test_a_lasso_goes_on() -> None:
    assert "And again from step 3, for ever." in told(replace(forgotten_vote(), loop=2))


def test_neighbouring_steps_are_named_as_one() -> None:
    needs = (Need(8, None),)
    text = " ".join(told(forgotten_vote(), Relevance(needs, (1, 2, 3, 5, 6), (), forgotten_vote())).split())
    assert "Steps 1 to 3, 5 and 6 can be left out: run again without, the trace ends the same way, after 1 step." in text
