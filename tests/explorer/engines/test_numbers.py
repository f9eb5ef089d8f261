"""No number is silently too many: at, below and above each limit both engines answer alike, or one says that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.verdict import Result, Verdict
from quorate.language.declare import MOST_CHOICES
from quorate.language.errors import ModelError
from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

COUNTING = """
class Node(Process):
    x: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def go(self) -> None:
        require(self.x < 3)
        self.x = self.x + 1

node = Node.single()
"""


def both(folder: Path, text: str) -> Result:
    path = folder / "numbers.py"
    path.write_text(HEAD + text, encoding="utf-8")
    result = agreed(path, depth=None, threads=(1,))
    assert isinstance(result, Result), result
    return result


def plain(folder: Path, text: str) -> Result:
    path = folder / "numbers.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return check(Request(model=str(path)))


@pytest.mark.parametrize(
    ("many", "modality"),
    [(63, "always"), (64, "always"), (65, "always"), (129, "always")]
    + [(65, modality) for modality in ("never", "step", "final", "sometimes")],
)
def test_properties(many: int, modality: str, tmp_path: Path) -> None:
    """Only the last one is violated (or witnessed): past 64 the native engine saw nothing."""
    bad = {
        "always": "node.x < 2",
        "never": "node.x == 2",
        "step": "node.x < 2",
        "final": "node.x < 2",
        "sometimes": "node.x == 2",
    }
    good = {"never": "node.x > 3", "sometimes": "node.x > 3"}.get(modality, "node.x <= 3")
    properties = "".join(
        f"@{modality}\ndef p{i}() -> bool:\n    return {bad[modality] if i == many - 1 else good}\n" for i in range(many)
    )
    last = both(tmp_path, COUNTING + properties).answers[-1]
    assert last.verdict is (Verdict.HOLDS if modality == "sometimes" else Verdict.VIOLATED)
    assert last.trace is not None


def test_every_property_of_many_is_told(tmp_path: Path) -> None:
    properties = "".join(f"@always\ndef p{i}() -> bool:\n    return node.x < 3\n" for i in range(130))
    result = both(tmp_path, COUNTING + properties)
    assert all(a.verdict is Verdict.VIOLATED and a.trace for a in result.answers)


CHOOSING = """
class Node(Process):
    x: Annotated[int, Range(0, 2000)] = volatile(0)

    @action
    def go(self) -> None:
        require(self.x == 0)
        for i in range({many}):
            self.x = self.x + choose([1])

node = Node.single()

@never
def it_went() -> bool:
    return node.x == {many}
"""


@pytest.mark.parametrize("many", [64, 65, MOST_CHOICES])
def test_choices_of_one_step(many: int, tmp_path: Path) -> None:
    assert both(tmp_path, CHOOSING.format(many=many)).answers[0].verdict is Verdict.VIOLATED


def test_too_many_choices_are_an_error_of_the_model_in_both_engines(tmp_path: Path) -> None:
    assert "more than 1,024 choices" in both(tmp_path, CHOOSING.format(many=MOST_CHOICES + 1)).error


SENDING = """
class Hi(Message):
    a: Annotated[int, Range(0, 100)]

class Node(Process):
    x: Annotated[int, Range(0, 120)] = volatile(0)

    @action
    def go(self) -> None:
        require(self.x < 3)
        self.x = self.x + 1
        send(Hi(self.x), to=self)

    @receive
    def on_hi(self, m: Hi) -> None:
        self.x = m.a + 10

node = Node.single()

@never
def the_third_arrived() -> bool:
    return node.x == 13

presets = [Preset("default", network="{network}", capacity={capacity})]
"""


@pytest.mark.parametrize(
    ("capacity", "network"), [(3, "fifo"), (16_000, "unordered"), (16_000, "fifo"), (20_000, "unordered"), (70_000, "fifo")]
)
def test_capacity(capacity: int, network: str, tmp_path: Path) -> None:
    """A state that may be longer than the native engine holds is left to the reference engine, which is said."""
    result = plain(tmp_path, SENDING.format(network=network, capacity=capacity))
    assert result.answers[0].verdict is Verdict.VIOLATED
    assert result.exploration.engine == ("native" if capacity <= 16_000 else "reference")
    assert capacity <= 16_000 or any("16,384 is the most" in note for note in result.notes)


WIDE = """
class Node(Process):
    l: Annotated[list[Annotated[int, Range(0, 2**62)]], Max({many})] = volatile([])
    x: bool = volatile(False)

    @action
    def go(self) -> None:
        require(not self.x)
        self.x = True
        self.l = [2**62 - 1 for i in range({many})]

node = Node.single()

@never
def the_last_is_there() -> bool:
    return node.x and node.l[{many} - 1] == 2**62 - 1
"""


@pytest.mark.parametrize("many", [1, 1000, 5000])
def test_words_of_a_value(many: int, tmp_path: Path) -> None:
    result = plain(tmp_path, WIDE.format(many=many))
    assert result.answers[0].verdict is Verdict.VIOLATED
    assert result.exploration.engine == ("native" if many <= 1000 else "reference")
    assert many <= 1000 or any("too large for C" in note for note in result.notes)


def test_names_that_c_does_not_allow_stay_apart(tmp_path: Path) -> None:
    text = COUNTING.replace(
        "        self.x = self.x + 1", "        é = self.x + 1\n        _e9_ = 3\n        self.x = min(é, _e9_)"
    )
    assert both(tmp_path, text + "@never\ndef p() -> bool:\n    return node.x == 3\n").exploration.states == 4


def nested(many: int) -> str:
    chain = "".join(f"    def h{i}(self) -> int:\n        return self.h{i + 1}()\n\n" for i in range(many))
    counting = COUNTING.replace("self.x + 1", "self.h0() + 1").replace(
        "\nnode =", f"\n{chain}    def h{many}(self) -> int:\n        return self.x\n\nnode ="
    )
    return counting + "@never\ndef p() -> bool:\n    return node.x == 3\n"


def test_a_chain_of_helpers(tmp_path: Path) -> None:
    assert both(tmp_path, nested(12)).answers[0].verdict is Verdict.VIOLATED


@pytest.mark.parametrize("text", [nested(400), COUNTING.replace("self.x + 1", "self.x + 1" + " + 0" * 700)])
def test_what_is_nested_too_deeply_is_an_error_that_says_so(text: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.py"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"nested too deeply|maximum recursion depth"):
        check(Request(model=str(path)))


def test_more_threads_than_anybody_has(tmp_path: Path) -> None:
    path = tmp_path / "numbers.py"
    path.write_text(HEAD + COUNTING + "@never\ndef p() -> bool:\n    return node.x == 3\n", encoding="utf-8")
    result = check(Request(model=str(path), threads=300))
    assert (result.exploration.states, result.exploration.edges) == (4, 3)
