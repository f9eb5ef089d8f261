"""The exit code, row by row as docs/semantics.md has it, and the small models that got a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from quorate.explorer.contract.verdict import Answer, Verdict, exit_code, worst

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.check import EngineName, StoreName
    from quorate.explorer.contract.verdict import Expectation, Result
    from quorate.language.declare import Faults

H, V = Verdict.HOLDS, Verdict.VIOLATED


def answer(verdict: Verdict, *, violated: bool = False, claimed: bool = True, witness: bool = False) -> Answer:
    expected: Expectation = "violated" if violated else "holds"
    return Answer("p", "sometimes" if witness else "always", "", verdict, expected, claimed=claimed)


OK, BAD = answer(H), answer(V)
TABLE: list[tuple[int, list[Answer], dict[str, object]]] = [
    (0, [OK], {}),
    (0, [answer(V, violated=True)], {}),
    (1, [BAD], {}),
    (1, [answer(H, violated=True)], {}),
    (1, [BAD, answer(Verdict.CUT)], {"cut": "states"}),
    (2, [BAD], {"error": True}),
    (2, [], {"error": True, "surprises": 1}),
    (1, [OK], {"surprises": 1}),
    (1, [], {"surprises": 1}),
    (3, [], {}),
    (0, [], {"confirmed": 1}),
    (3, [], {"confirmed": 1, "cut": "time"}),
    (3, [OK, answer(Verdict.CUT)], {"cut": "first"}),
    (0, [answer(V, violated=True)], {"cut": "first"}),
    (0, [answer(V, violated=True), OK], {"cut": "first"}),
    (3, [answer(V, violated=True)], {"cut": "time"}),
    (3, [OK], {"cut": "interrupted"}),
    (3, [answer(Verdict.VACUOUS)], {}),
    (3, [OK, answer(Verdict.VACUOUS)], {}),
    (0, [OK, answer(Verdict.VACUOUS, claimed=False)], {}),
    (3, [answer(Verdict.VACUOUS, claimed=False)], {}),
    (3, [OK, answer(Verdict.CUT, claimed=False)], {"cut": "first"}),
    (1, [OK, answer(V, claimed=False)], {}),
    (3, [answer(Verdict.PROBABLE)], {}),
    (0, [answer(Verdict.PROBABLE)], {"accept_odds": True}),
    (1, [answer(Verdict.PROBABLE, violated=True)], {"accept_odds": True}),
    (0, [answer(Verdict.PROBABLE, violated=True, witness=True)], {"accept_odds": True}),
    (1, [answer(Verdict.PROBABLE, witness=True)], {"accept_odds": True}),
    (3, [answer(Verdict.UNKNOWN)], {}),
    (3, [answer(Verdict.ERROR)], {}),
]


@pytest.mark.parametrize(("code", "answers", "what"), TABLE)
def test_the_table(code: int, answers: list[Answer], what: dict[str, object]) -> None:
    assert exit_code(answers, **what) == code  # type: ignore[arg-type]


def test_of_several_a_surprise_counts_first_and_what_is_undecided_before_what_is_expected() -> None:
    assert [worst(codes) for codes in ([0, 0], [0, 3], [3, 2, 0], [2, 1, 3, 0])] == [0, 3, 2, 1]


COUNTER = """
from typing import Annotated
from quorate import Preset, Process, Range, action, always, final, never, param, require, sometimes, volatile
N = param(2)
class P(Process):
    x: Annotated[int, Range(0, 5)] = volatile(0)
    @action
    def inc(self) -> None:
        require(self.x < 5)
        self.x += 1
p = P.single()
"""
BELOW = "@always\ndef below_two() -> bool:\n    return p.x < N\n"
TOP = "@sometimes\ndef at_the_top() -> bool:\n    return p.x == 5\n"
FORTH_AND_BACK = "@final\ndef rests() -> bool:\n    return True\n"


def ran(tmp_path: Path, text: str, *, first: bool = False, engine: EngineName = "native", store: StoreName = "exact") -> Result:
    (tmp_path / "m.py").write_text(COUNTER + text, encoding="utf-8")
    return check(Request(model=str(tmp_path / "m.py"), engine=engine, store=store, limits=Limits(first=first)))


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_first_with_all_decided_is_as_expected(tmp_path: Path, engine: EngineName) -> None:
    found = ran(
        tmp_path, BELOW + 'presets = [Preset("default", violates={below_two: 2}, states=6)]\n', first=True, engine=engine
    )
    assert (found.exit_code, found.outcome, found.exploration.cut) == (0, "expected", "first")
    undecided = ran(
        tmp_path, BELOW + TOP + 'presets = [Preset("default", violates={below_two: 2})]\n', first=True, engine=engine
    )
    assert (undecided.exit_code, undecided.answers[1].verdict) == (3, Verdict.CUT)


SEVERAL = """
class Q(Process):
    y: Annotated[int, Range(0, 5)] = volatile(0)
    @action
    def up(self) -> None:
        require(self.y < 5)
        self.y += 1
q = Q.single()
@always
def x_is_below_two() -> bool:
    return p.x < 2
@never
def y_is_two() -> bool:
    return q.y == 2
@always
def together_below_three() -> bool:
    return p.x + q.y < 3
@final
def ends_apart() -> bool:
    return p.x != q.y
"""


def test_first_names_the_same_in_both_engines(tmp_path: Path) -> None:
    native, reference = (ran(tmp_path, SEVERAL, first=True, engine=engine) for engine in ("native", "reference"))
    assert [(a.name, a.verdict) for a in native.answers] == [(a.name, a.verdict) for a in reference.answers]
    assert [a.verdict for a in native.answers] == [V, V, Verdict.CUT, Verdict.CUT]
    counts = [(r.exploration.states, r.exploration.edges, r.exploration.depth) for r in (native, reference)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("parameters", "network", "capacity", "overridden"),
    [
        ({}, None, None, False),
        ({"n": "2"}, None, None, False),
        ({"N": 2}, "unordered", None, False),
        ({}, None, 64, False),
        ({}, "unordered", 64, False),
        ({"n": "3"}, None, None, True),
        ({}, "fifo", None, True),
        ({}, None, 63, True),
    ],
)
def test_the_same_value_again_changes_nothing(
    tmp_path: Path, parameters: dict[str, object], network: object, capacity: int | None, *, overridden: bool
) -> None:
    (tmp_path / "m.py").write_text(
        COUNTER + BELOW + 'presets = [Preset("default", violates={below_two: 2})]\n', encoding="utf-8"
    )
    request = Request(model=str(tmp_path / "m.py"), parameters=parameters, network=network, capacity=capacity)  # type: ignore[arg-type]
    found = check(request)
    assert found.setup.overridden is overridden
    assert (found.exit_code, found.outcome) == ((1, "violated") if overridden else (0, "expected"))


def test_faults_that_the_preset_has_already(tmp_path: Path) -> None:
    from quorate.language.declare import Faults

    text = BELOW + 'from quorate import Faults\npresets = [Preset("default", faults=Faults(crash=1), violates=[below_two])]\n'
    (tmp_path / "m.py").write_text(COUNTER + text, encoding="utf-8")

    def outcome(faults: Faults) -> tuple[int, str]:
        found = check(Request(model=str(tmp_path / "m.py"), faults=faults))
        return found.exit_code, found.outcome

    assert outcome(Faults(crash="1")) == (0, "expected")
    assert outcome(Faults(crash=2)) == (1, "violated")
    assert outcome(Faults()) == (1, "violated")


def test_what_holds_outside_its_preset_is_not_said_to_be_expected(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(COUNTER + TOP + 'presets = [Preset("default", holds=[at_the_top])]\n', encoding="utf-8")
    found = check(Request(model=str(tmp_path / "m.py"), parameters={"n": 3}))
    assert (found.exit_code, found.outcome) == (0, "holds")


def test_a_preset_that_only_pins_numbers_is_confirmed(tmp_path: Path) -> None:
    assert ran(tmp_path, 'presets = [Preset("default", states=6)]\n').exit_code == 0
    assert ran(tmp_path, 'presets = [Preset("default", depth=5)]\n').exit_code == 0
    assert ran(tmp_path, 'presets = [Preset("default", states=7)]\n').exit_code == 1
    assert ran(tmp_path, 'presets = [Preset("default")]\n').exit_code == 3


LOOP = """
class Q(Process):
    on: bool = volatile(False)
    @action
    def turn(self) -> None:
        self.on = not self.on
q = Q.single()
"""


def test_an_unlisted_vacuous_property_does_not_decide(tmp_path: Path) -> None:
    listed = ran(tmp_path, LOOP + TOP + FORTH_AND_BACK + 'presets = [Preset("default", holds=[at_the_top])]\n')
    assert ([a.verdict for a in listed.answers], listed.exit_code) == ([H, Verdict.VACUOUS], 0)
    unlisted = ran(tmp_path, LOOP + TOP + FORTH_AND_BACK + 'presets = [Preset("default")]\n')
    assert unlisted.exit_code == 3
    claimed = ran(tmp_path, LOOP + TOP + FORTH_AND_BACK + 'presets = [Preset("default", holds=[at_the_top, rests])]\n')
    assert claimed.exit_code == 3


def test_a_compact_store_without_odds_is_exact(tmp_path: Path) -> None:
    found = ran(tmp_path, TOP + FORTH_AND_BACK, store="compact")
    assert (found.exploration.odds, [a.verdict for a in found.answers], found.exit_code) == (0, [H, H], 0)
