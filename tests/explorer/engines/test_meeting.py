"""Both engines are asked about the same states in every check: which states, and what a difference looks like."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import SAMPLE, Request, check, configure
from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.meeting import compare
from quorate.explorer.native.native import NativeEngine
from quorate.language.c import expressions as c_expressions
from quorate.language.errors import Defect
from quorate.language.program.ir import Operator as Op
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.native.machine import Words

LADDER = """
class Node(Process):
    x: Annotated[int, Range(0, 500)] = volatile(0)
    y: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def climb(self) -> None:
        require(self.x < 500)
        self.x = self.x + 1

    @action
    def turn(self, by: Annotated[int, Range(0, 1)]) -> None:
        limit(self.y < 3)
        self.y = self.y + by

node = Node.single()

@always
def it_is_small() -> bool:
    return node.x <= 500
"""


def native(request: Request, threads: int = 1, sample: int | None = SAMPLE) -> NativeEngine:
    at = configure(request)
    assert at.program is not None
    return NativeEngine(at.model, at.program, at.setting, threads, sample=sample)


def sampled(engine: NativeEngine) -> tuple[Words, ...]:
    return engine.explore(NO_LIMITS).sample


@pytest.fixture
def ladder(tmp_path: Path) -> Request:
    path = tmp_path / "ladder.py"
    path.write_text(HEAD + LADDER, encoding="utf-8")
    return Request(model=str(path))


def test_the_sample_does_not_depend_on_threads() -> None:
    raft = Request(model="raft")
    assert sampled(native(raft)) == sampled(native(raft, threads=2))


def test_the_sample_has_states_of_every_level() -> None:
    engine = native(Request(model="two_phase_commit"), sample=11)
    levels = [frozenset(engine.initial)]
    while levels[-1]:
        seen = frozenset[tuple[int, ...]]().union(*levels)
        levels.append(frozenset(engine.layout.pack(t) for w in levels[-1] for _, t in engine.account(w).edges) - seen)
    assert sorted(next(i for i, level in enumerate(levels) if words in level) for words in sampled(engine)) == list(range(11))


def test_all_is_every_state_once(ladder: Request) -> None:
    states = sampled(native(ladder, sample=None))
    assert len(states) == len(set(states)) == check(ladder).exploration.states


@pytest.mark.parametrize("sample", [1, 63, 64, 65, 500, 3000])
def test_a_deep_space_gives_as_many_states_as_asked_for(ladder: Request, sample: int) -> None:
    states = sampled(native(ladder, sample=sample))
    assert len(set(states)) == min(sample, check(ladder).exploration.states)


def test_the_result_says_how_many_states_were_compared(ladder: Request) -> None:
    everything = check(replace(ladder, compare=None))
    assert everything.compared == everything.exploration.states
    assert check(ladder).compared >= SAMPLE
    assert check(replace(ladder, engine="reference")).compared == 0


def test_a_sample_that_takes_too_long_ends(ladder: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quorate.explorer.meeting.FIRST_SECONDS", 0.0)
    monkeypatch.setattr("quorate.explorer.meeting.SAMPLE_SECONDS", -1.0)
    assert check(ladder).compared == 1
    assert check(replace(ladder, compare=SAMPLE + 1)).compared > SAMPLE  # asked for, it takes as long as it takes


def test_an_empty_sample_still_compares_the_first_state(ladder: Request) -> None:
    assert compare(native(ladder), (), asked=True) >= 1


def test_a_difference_names_the_state_the_step_and_both_answers(ladder: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(c_expressions.OPERATORS, Op.ADD, c_expressions.OPERATORS[Op.SUB])
    path = ladder.model
    text = HEAD + LADDER.replace("volatile(0)", "volatile(1)", 1)
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  (a path as text)
        file.write(text)
    with pytest.raises(Defect) as caught:
        check(ladder)
    assert caught.value.exit_code == 4
    assert str(caught.value).splitlines() == [
        "the engines disagree",
        "  in the first state",
        "  step `Node.climb`, of the edges that only one engine has",
        "    native engine: Node.climb makes Node.x = 0",
        "    reference engine: Node: climb() makes Node.x = 2",
        "  `--engine reference` decides what the model means",
    ]


PROPERTIES = """
class Node(Process):
    x: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def go(self) -> None:
        require(self.x != 3)
        self.x = self.x + 1

node = Node.single()

@{modality}
def it_is_fine() -> bool:
    return {condition}
"""


@pytest.mark.parametrize(
    ("modality", "condition", "said"),
    [
        ("always", "node.x <= 3", "properties of the state"),
        ("step", "old(node).x < node.x", "properties over step `Node.go` with Node.x = 1"),
        ("final", "node.x >= 2", "as a terminal state"),
    ],
)
def test_a_property_that_means_something_else_is_told(
    modality: str, condition: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = {"<=": Op.LE, ">=": Op.GE, "<": Op.LT}[condition.split()[1]]
    path = tmp_path / "fine.py"
    path.write_text(HEAD + PROPERTIES.format(modality=modality, condition=condition))
    monkeypatch.setitem(c_expressions.OPERATORS, operator, c_expressions.OPERATORS[Op.EQ])
    with pytest.raises(Defect, match=re.escape(said)):
        check(Request(model=str(path)))
