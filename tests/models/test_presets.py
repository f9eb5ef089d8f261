"""Every preset of every shipped model: found by walking `models/`, checked, and held against what it expects and pins.

So adding a model touches one file. A preset's own numbers are the expectation; here it is only asserted that it has them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.verdict import Result, Verdict
from quorate.language.declare import Faults, Preset
from quorate.language.loading.load import load, shipped

if TYPE_CHECKING:
    from quorate.explorer.check import EngineName

SLOW = 1_000_000  # states from which a preset is among the slow tests
SMALL = 4_000  # states up to which the reference engine checks a preset as well, in about a second


@dataclass(frozen=True)
class Case:
    model: str
    preset: Preset

    def __str__(self) -> str:
        return f"{self.model}: {self.preset.name}"


CASES = [Case(name, preset) for name in shipped() for preset in load(name).presets]


def cases(chosen: list[Case]) -> pytest.MarkDecorator:
    rows = [pytest.param(c, marks=pytest.mark.slow if (c.preset.states or 0) >= SLOW else (), id=str(c)) for c in chosen]
    return pytest.mark.parametrize("case", rows)


MIDDLE = 150_000  # states up to which a preset is searched on several threads as well


@functools.cache
def result_of(model: str, preset: str, engine: str = "native", threads: int = 1) -> Result:
    name: EngineName = "reference" if engine == "reference" else "native"
    return check(Request(model=model, preset=preset, engine=name, threads=threads))


def lengths(result: Result) -> dict[str, int]:
    return {a.name: len(a.trace.moments) for a in result.answers if a.verdict is Verdict.VIOLATED and a.trace is not None}


@cases(CASES)
def test_a_preset_says_what_it_shows_and_pins_it(case: Case) -> None:
    preset = case.preset
    assert preset.about.endswith("."), "say in `about` what the preset shows, in sentences"
    assert preset.states is not None, "pin `states`"
    assert preset.depth is not None, "pin `depth`"
    assert not preset.violates or isinstance(preset.violates, dict), "give each violation the length of its trace"


@cases(CASES)
def test_a_preset_comes_out_as_expected(case: Case) -> None:
    result = result_of(case.model, case.preset.name)
    assert result.error == ""
    assert result.surprises == ()
    assert {a.name: a.verdict for a in result.answers if not a.as_expected} == {}
    assert result.exploration.stuck == 0
    assert result.exit_code == 0


@cases([c for c in CASES if c.preset.faults != Faults() and c.preset.violates])
def test_a_violation_under_faults_needs_the_faults(case: Case) -> None:
    result = check(Request(model=case.model, preset=case.preset.name, faults=Faults(), engine="native"))
    violated = {a.name for a in result.answers if a.verdict is Verdict.VIOLATED}
    assert violated == set(), "with a violation that needs no fault, the preset's faults only distract"


@cases([c for c in CASES if (c.preset.states or 0) <= SMALL])
def test_the_engines_agree_on_a_small_preset(case: Case) -> None:
    native, reference = (result_of(case.model, case.preset.name, e) for e in ("native", "reference"))
    n, r = native.exploration, reference.exploration
    assert (n.states, n.edges, n.depth, n.terminal, n.fired) == (r.states, r.edges, r.depth, r.terminal, r.fired)
    assert [a.verdict for a in native.answers] == [a.verdict for a in reference.answers]
    assert lengths(native) == lengths(reference)


@cases([c for c in CASES if (c.preset.states or 0) <= MIDDLE])
def test_counts_and_traces_do_not_depend_on_threads(case: Case) -> None:
    one, *more = (result_of(case.model, case.preset.name, threads=n) for n in (1, 2, 4))
    for several in more:
        alike = replace(
            several.exploration,
            seconds=one.exploration.seconds,
            peak_bytes=one.exploration.peak_bytes,
            threads=one.exploration.threads,
        )
        assert alike == one.exploration
        assert several.answers == one.answers
