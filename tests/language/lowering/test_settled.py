"""Text and fractions of the module, parameters among them: what they decide is decided once, and C needs no such values."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
MODEL = (
    HEAD
    + """
MODE = param("asynchronous", "how", choices=["asynchronous", "sync", "semi"])
RATE = param(0.5, "how much")
OTHER = "semi"

class Node(Process):
    x: Annotated[int, Range(0, 5)] = durable(0)

    @action
    def go(self) -> None:
        require(self.x < 1)
        self.x = 5 if {condition} else 2

node = Node.single()

@never
def far() -> bool:
    return node.x == 5 and not (MODE == "semi" and RATE > 0.8)
"""
)

CONDITIONS: dict[str, tuple[dict[str, Any], ...]] = {  # with which parameters they are true; they are false without
    'MODE == "sync"': ({"MODE": "sync"},),
    'MODE == "sink"': (),
    "MODE == OTHER": ({"MODE": "semi"},),
    'MODE in ("sync", OTHER)': ({"MODE": "sync"}, {"MODE": "semi"}),
    'MODE in {"sync", OTHER}': ({"MODE": "sync"}, {"MODE": "semi"}),
    'MODE not in ["asynchronous"]': ({"MODE": "sync"}, {"MODE": "semi"}),
    'MODE > "b"': ({"MODE": "sync"}, {"MODE": "semi"}),
    'MODE.startswith("s")': ({"MODE": "sync"}, {"MODE": "semi"}),
    "len(MODE) == 4": ({"MODE": "sync"}, {"MODE": "semi"}),
    'MODE[0] == "s" and MODE.upper() != "SYNC"': ({"MODE": "semi"},),
    "RATE >= 0.9": ({"RATE": 0.9}, {"RATE": 1.0}),
    "0.6 < RATE <= 1": ({"RATE": 0.9},),
    "RATE * 2 - 1 > 0": ({"RATE": 0.9},),
    "-RATE > -0.5": ({"RATE": 0.25},),
    "not RATE": ({"RATE": 0.0},),
    "RATE > 0.8 and self.x < 1": ({"RATE": 0.9},),
    'MODE == "semi" or RATE == 2.5': ({"MODE": "semi"}, {"RATE": 2.5}),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_comparison_is_settled(condition: str) -> None:
    for parameters in ({}, *CONDITIONS[condition]):
        program = lower(load(MODEL.format(condition=condition), **parameters))
        assert '"' not in repr(program.steps[0].body)
        assert "0." not in repr(program.steps[0].body).replace("0..", "")


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler here")
@pytest.mark.parametrize("condition", ['MODE in {"sync", OTHER}', "RATE * 2 - 1 > 0"])
def test_both_engines_take_the_same_way(tmp_path: Path, condition: str) -> None:
    for parameters, seen in [({}, False), (CONDITIONS[condition][0], True)]:
        source = MODEL.format(condition=condition)
        for name, value in parameters.items():
            source = source.replace('param("asynchronous"' if name == "MODE" else "param(0.5", f"param({value!r}")
        path = tmp_path / "model.py"
        path.write_text(source, encoding="utf-8")
        found = agreed(path, depth=None, threads=(1,))
        assert not isinstance(found, str), found
        assert (found.answers[0].verdict.value == "violated") is seen


def test_what_has_no_order_is_refused() -> None:
    with pytest.raises(ModelError, match="these two have no order"):
        lower(load(MODEL.format(condition='RATE < "x"')))


def test_what_would_fail_is_left_to_the_reference_engine() -> None:
    for condition in ("1 / RATE > 1", "RATE > 0 and 1 / RATE > 1"):
        with pytest.raises(Unsupported, match="is a fraction, which has no C meaning"):
            lower(load(MODEL.format(condition=condition), RATE=0.0))


def test_what_is_computed_otherwise_is_left_to_the_reference_engine() -> None:
    with pytest.raises(Unsupported, match="is text, which has no C meaning"):
        lower(load(MODEL.format(condition="""MODE + OTHER == 'syncsemi'""")))
