"""The engines are held to the oracle: on the shipped models, on the examples of the documentation, on protocols of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .held import answered, differences, questions
from .search import explore, presets

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGES = [(ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("language.md", "idioms.md")]
WHOLE_RUNS = r"@(eventually|always_eventually|eventually_always|leads_to|possible)\b|\bprogress\("
UNKNOWN = re.compile(rf"\bHistory\(|{WHOLE_RUNS}")  # to the oracle
EXAMPLES = [
    example for page in PAGES for example in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if not UNKNOWN.search(example)
]
MODELS = {path.stem: path for path in sorted((ROOT / "models").glob("*/*.py")) if path.stem != "__init__"}
PROTOCOLS = sorted((HERE / "protocols").glob("*.py"))
ENGINES = ("reference", "native")
RIGHT: dict[str, object] = {
    "alias": {"violated"},
    "divcrash": 1,
    "getalias": {"violated"},
    "grow": {"holds"},
    "intenum": {"violated"},
    "invert": {"violated"},
    "ladder2": {"violated"},
    "lazy": {"vacuous"},
    "negidx": "the computed index -1",
    "order": {"violated"},
    "pop_below_zero": {"violated"},
    "slice_below_zero": {"violated"},
    "sort": {"holds"},
    "stale": {"holds"},
    "unstored_record": "5 is not in 0..1",
}
SMALL = 1_300  # states; beyond, a comparison is slow


def shipped() -> list[object]:
    "Every preset that pins no more states than an oracle should visit."
    found: list[object] = []
    for model, path in MODELS.items():
        for name, preset in presets(path).items():
            states = preset.pins["states"]
            if states <= 5_000:
                marks = [pytest.mark.slow] if states > SMALL else []
                found.append(pytest.param(model, name, id=f"{model}, {name}", marks=marks))
    return found


def hold(path: Path, engine: str) -> None:
    "Compare every preset of a model."
    for question in questions(path):
        assert differences(question.explored(), answered(question, engine)) == [], question.preset


@pytest.mark.parametrize(("model", "name"), shipped())
def test_a_shipped_preset(model: str, name: str) -> None:
    preset = presets(MODELS[model])[name]
    question = next(q for q in questions(MODELS[model]) if q.preset == name)
    outcome = question.explored()
    assert (outcome.states, outcome.depth) == (preset.pins["states"], preset.pins["depth"])
    for engine in ENGINES:
        assert differences(outcome, answered(question, engine)) == []


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_documentation(number: int, tmp_path: Path) -> None:
    path = tmp_path / f"example_{number}.py"
    path.write_text(EXAMPLES[number].replace('{"LENGTH": 3}', '{"LENGTH": 1}'), encoding="utf-8")
    hold(path, "reference")
    hold(path, "native")


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_a_protocol_of_its_own(path: Path) -> None:
    hold(path, "reference")


@pytest.mark.slow
@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_a_protocol_of_its_own_in_c(path: Path) -> None:
    hold(path, "native")


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_small_model_that_an_engine_gets_wrong(name: str) -> None:
    outcome = explore(HERE / "disagreements" / f"{name}.py")
    assert (outcome.error or set(outcome.verdicts.values()) or outcome.states) == RIGHT[name]


def test_every_disagreement_has_a_right_answer() -> None:
    assert {path.stem for path in (HERE / "disagreements").glob("*.py")} == set(RIGHT)


def test_quantifiers_with_nothing_to_range_over_are_vacuous() -> None:
    outcome = explore(EMPTY)
    assert outcome.verdicts == {"nothing": "vacuous", "something": "holds", "ended": "vacuous"}


def test_bool_and_int_are_not_mixed_up() -> None:
    assert "is not an int" in str(explore(EMPTY.replace("self.n = 1", "self.n = True")).error)


def test_a_bound_is_checked_where_a_value_is_stored() -> None:
    undone = EMPTY.replace("self.n = 1", "self.n = 7\n        require(False)")
    assert explore(undone).error == "7 is not in 0..1"


EMPTY = """
from __future__ import annotations
from typing import Annotated
from quorate import Group, Process, Range, action, always, final, require, volatile

class Node(Process):
    n: Annotated[int, Range(0, 1)] = volatile(0)
    @action
    def go(self) -> None:
        self.n = 1

nodes, nobody = Group(Node, 2), Group(Node, 0)

@always
def nothing() -> bool:
    return all(n.n == 0 for n in nobody)

@always
def something() -> bool:
    return all(n.n < 2 for n in nodes) and not any(n.n == 0 for n in nobody)

@final
def ended() -> bool:
    return True
"""
