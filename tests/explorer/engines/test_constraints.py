"""A constraint on states: one outside is judged and counted, leads nowhere, and hides what lies beyond it, in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.language.errors import ModelError
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

COUNTERS = """
class P(Process):
    n: Annotated[int, Range(0, 9)] = volatile(0)
    @action
    def up(self) -> None:
        require(self.n < 9)
        self.n += 1

ps = Group(P, 2)
"""
SMALL = """
@constraint
def small() -> bool:
    return all(p.n < 3 for p in ps)
"""
PROPERTIES = """
@always
def at_most_three() -> bool:
    return all(p.n <= 3 for p in ps)

@never
def three() -> bool:
    return any(p.n == 3 for p in ps)

@step
def below() -> bool:
    return all(p.n < 3 for p in ps)

@sometimes
def it_is_seen() -> bool:
    return any(p.n == 3 for p in ps)

@sometimes
def four() -> bool:
    return any(p.n == 4 for p in ps)

@final
def ended() -> bool:
    return False
"""


def searched(folder: Path, source: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=None, threads=(1, 2))
    assert not isinstance(result, str), result
    return result


def test_a_state_outside_is_judged_and_leads_nowhere(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTERS + SMALL + PROPERTIES)
    found = result.exploration
    assert (found.states, found.terminal, found.stuck) == (9 + 6, 0, 0)
    assert [(s.text, s.times, s.sort) for s in found.limits] == [("`small`", 6, "state")]
    assert {a.name: a.verdict.value for a in result.answers} == {
        "at_most_three": "holds",
        "three": "violated",
        "below": "violated",
        "it_is_seen": "holds",
        "four": "cut",
        "ended": "vacuous",
    }
    assert {a.name: len(a.trace.moments) for a in result.answers if a.trace} == {"three": 3, "below": 3, "it_is_seen": 3}


def test_without_it_everything_is_decided(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTERS + PROPERTIES)
    assert result.exploration.states == 100
    assert {a.name: a.verdict.value for a in result.answers}["four"] == "holds"


def test_one_that_nothing_is_outside_of_hides_nothing(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTERS + SMALL.replace("p.n < 3", "p.n < 10") + PROPERTIES.replace("n == 4", "n == 10"))
    assert not result.exploration.limits
    assert {a.name: a.verdict.value for a in result.answers}["four"] == "violated"


def test_of_several_the_first_counts(tmp_path: Path) -> None:
    other = "\n@constraint\ndef unequal() -> bool:\n    return ps[0].n != ps[1].n or ps[0].n == 0\n"
    result = searched(tmp_path, COUNTERS + SMALL + other + PROPERTIES)
    assert [(s.text, s.times) for s in result.exploration.limits] == [("`small`", 4), ("`unequal`", 2)]


def test_first_states_outside_are_the_whole_search(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTERS + SMALL.replace("p.n < 3", "p.n > 0") + PROPERTIES)
    assert (result.exploration.states, result.exploration.idle, result.exit_code) == (1, True, 3)


def test_an_error_in_one_is_an_error_of_the_model(tmp_path: Path) -> None:
    result = searched(tmp_path, COUNTERS + SMALL.replace("p.n < 3", "3 // (2 - p.n) > 0") + PROPERTIES)
    assert "ZeroDivisionError" in result.error
    assert result.error_trace is not None
    assert len(result.error_trace.moments) == 2


def test_it_is_no_property(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + COUNTERS + SMALL + PROPERTIES, encoding="utf-8")
    asked = check(Request(model=str(path), properties=("three",)))
    assert [a.name for a in asked.answers] == ["three"]
    assert asked.exploration.states == 15


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (SMALL + "presets = [Preset('default', holds=[small])]", "`small` is a constraint, no property"),
        (SMALL.replace("small()", "small(p: P)"), "a constraint is a function without arguments"),
        (SMALL.replace("-> bool", "-> int"), "a constraint is true or false, and this one returns `int`"),
        (SMALL.replace("p.n < 3", "old(p).n < 3"), "`old` is for `@step` properties"),
        (SMALL.replace("    return", "    ps[0].n = 1\n    return"), "a property changes nothing"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, source: str, says: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(HEAD + COUNTERS + source, encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        check(Request(model=str(path)))
    assert says in str(refused.value)
