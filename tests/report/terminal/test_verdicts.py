from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.verdict import Verdict
from quorate.report.quantities import counted, duration, rate, size
from quorate.report.screen import Screen
from quorate.report.terminal.verdicts import summary, table, verdicts
from tests.report import stories

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.verdict import Result

RESULTS: dict[str, Result] = {
    "holds": stories.HOLDS,
    "violated": stories.violated(),
    "undecided": stories.undecided(),
    "error": replace(stories.HOLDS, error="models/x.py:3:5: no", error_trace=stories.error()),
    "expected": replace(
        stories.violated(), answers=(replace(stories.violated().answers[0], expected="violated"), stories.HOLDS.answers[1])
    ),
}


def probable(accepted: bool) -> Result:
    answer = replace(stories.HOLDS.answers[0], verdict=Verdict.PROBABLE, because="odds 1e-06")
    exploration = replace(stories.EXPLORATION, store="compact", odds=1e-6)
    return replace(stories.HOLDS, answers=(answer,), exploration=exploration, accept_odds=accepted)


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("width", [80, 44])
def test_a_report(name: str, width: int, golden: Callable[[str, str], None]) -> None:
    screen = Screen(width)
    text = screen.render(verdicts(RESULTS[name], screen))
    if width == 80:
        assert max(map(len, text.splitlines())) <= width
    golden(f"report_{name}_{width}.txt", text + "\n")


def test_the_table_of_all_presets(golden: Callable[[str, str], None]) -> None:
    screen = Screen(80)
    golden("table.txt", screen.render(table([*RESULTS.values()], screen)) + "\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("holds", "verdict=expected exit=0"),
        ("violated", "verdict=unexpected exit=1"),
        ("undecided", "verdict=unexpected exit=1"),
        ("error", "verdict=error exit=2"),
        ("expected", "verdict=expected exit=0"),
    ],
)
def test_the_summary_is_one_line(name: str, said: str) -> None:
    preset = RESULTS[name].setup.preset
    assert summary(RESULTS[name]) == f'quorate: raft preset="{preset}" {said} states=203 edges=611 depth=9'


def test_odds_are_accepted_only_aloud() -> None:
    assert "verdict=undecided exit=3" in summary(probable(accepted=False))
    assert "verdict=expected exit=0" in summary(probable(accepted=True))
    screen = Screen(80)
    assert "a state was missed with odds of at most 1e-06" in screen.render(verdicts(probable(accepted=True), screen))


def test_a_model_without_properties_claims_nothing() -> None:
    screen = Screen(80)
    assert "no property is declared: nothing is claimed" in screen.render(verdicts(replace(stories.HOLDS, answers=()), screen))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (counted(1, "step"), "1 step"),
        (counted(10_340_352, "state"), "10,340,352 states"),
        (counted(2, "process", "processes"), "2 processes"),
        (duration(0.0031), "3 ms"),
        (duration(0.25), "0.25 s"),
        (duration(12.4), "12 s"),
        (duration(125), "2 min 5 s"),
        (duration(3720), "1 h 2 min"),
        (rate(203, 0.25), "812 states/s"),
        (rate(10_000_000, 2.0), "5 million states/s"),
        (rate(5, 0.0001), ""),
        (size(12_000_000), "12 MB"),
        (size(2_500_000_000), "2.5 GB"),
        (size(999), "999 bytes"),
    ],
)
def test_quantities(text: str, expected: str) -> None:
    assert text == expected


def test_the_schema_lists_what_the_document_has() -> None:
    schema = json.loads(Path("docs/result.schema.json").read_text(encoding="utf-8"))
    result = schema["$defs"]["result"]
    assert set(result["required"]) == set(result["properties"])
