"""Bounds that nobody declared: what is inferred holds, is checked where it is stored, or the model is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from quorate.explorer.check import check
from quorate.language.errors import Defect
from quorate.language.loading.load import load
from quorate.language.lowering import lower as lowering
from quorate.language.lowering.bodies import narrowing
from quorate.language.lowering.lower import lower
from quorate.language.values.lattice import in_words
from tests.explorer.engines.agreement import agreed, answered, essence, request
from tests.explorer.engines.counters import counters
from tests.explorer.engines.samples import HEAD
from tests.explorer.engines.test_facts import END, IN_A_METHOD, METHOD, TOP, indented

if TYPE_CHECKING:
    from pathlib import Path

REFUSALS = ("has no bound that can be inferred", "`--engine native` cannot run this model")


def held_together(path: Path) -> str:
    """Return the answer of both engines, or in which words the model is refused, by the native engine at least."""
    reference, native = answered(request(path)), answered(request(path, engine="native"))
    if isinstance(native, str):
        assert any(words in native for words in REFUSALS) or native == reference, native
        return native
    assert not isinstance(reference, str), reference
    assert essence(native) == essence(reference)
    return "error" if native.error else str(native.exploration.states)


def written(folder: Path, source: str) -> Path:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    return path


LADDER = "DELAYS = (3, 11, 40, 150, 600, 2500, 9000)\n"
CASES = {
    # fields and steps of a `Server`, what is above the class, and the states or the words of the answer
    "up to a guard": ("x: int = durable(0)", "require(self.x < 7)\nself.x += 1", "", "5"),
    "past a guard": ("x: int = durable(0)", "require(self.x < 70)\nself.x += 33", "", "4"),
    "up to a parameter": ("x: int = durable(0)", "require(self.x < TOP)\nself.x += 1", "TOP = param(50, 'top')\n", "5"),
    "up to a sum": ("x: int = durable(0)", "require(self.x < TOP + 20)\nself.x += 3", "TOP = param(50, 'top')\n", "5"),
    "down a ladder": ("x: int = durable(5)", "require(self.x != -20)\nself.x -= 1", LADDER, "5"),
    "down past a ladder": ("x: int = durable(5)", "require(self.x > -21)\nself.x -= 7", LADDER, "5"),
    "up a ladder": ("x: int = durable(0)", "require(self.x < 9000)\nself.x += 1000", LADDER, "5"),
    "without an end": ("x: int = durable(0)", "self.x += 1", "", "refused"),
    "without an end, downwards": ("x: int = durable(0)", "require(self.x < 9)\nself.x -= 1", "", "refused"),
    "without an end, by products": ("x: int = durable(2)", "require(self.x != 3)\nself.x *= self.x", "", "refused"),
    "by products": ("x: int = durable(2)", "require(self.x < 1000)\nself.x *= self.x", "", "5"),
    "around": ("x: int = durable(0)", "self.x = (self.x + 3) % 7", "", "5"),
    "around below zero": ("x: int = durable(0)", "self.x = (self.x - 3) % -7", "", "5"),
    "by a minimum": ("x: int = durable(0)", "self.x = min(self.x * 2 + 1, 40)", "", "5"),
    "by a maximum": ("x: int = durable(9)", "self.x = max(self.x // 2 - 4, -3)", "", "3"),
    "by an arm": ("x: int = durable(0)", "self.x = self.x + 1 if self.x < 3 else 0", "", "4"),
    "by halves": ("x: int = durable(1000)", "self.x //= 3", "", "5"),
    "two in a circle": (
        "x: int = durable(0)\ny: int = durable(3)",
        "require(self.x < 9)\nself.x, self.y = self.y, self.x + 1",
        "",
        "5",
    ),
    "two that grow by turns": (
        "x: int = durable(0)\ny: int = durable(0)",
        "if self.x < 5:\n    self.x = self.y + 1\nelse:\n    self.y = self.x",
        "",
        "refused",
    ),
    "two without an end": ("x: int = durable(0)\ny: int = durable(0)", "self.x = self.y + 1\nself.y = self.x", "", "refused"),
    "a choice": ("x: int = durable(0)", "self.x = choose([self.x, 5, -5])", "", "3"),
    "a volatile one": ("x: int = volatile(-7)", "require(self.x < 0)\nself.x += 2", "", "5"),
    "a local in a loop": ("x: int = durable(0)", "n = 0\nfor i in range(3):\n    n = min(n + i, 9)\nself.x = n", "", "2"),
    "a local that grows in a loop": (
        "x: int = durable(0)",
        "n = 0\nfor i in range(3):\n    n += 1\nself.x = min(n, 2)",
        "",
        "2",
    ),
    "an argument": (
        "x: int = durable(0)",
        "self.x = twice(self.x) % 5 + twice(1)",
        "def twice(n: int) -> int:\n    return n + n\n",
        "refused",
    ),
    "an argument of two ranges": (
        "x: int = durable(0)",
        "self.x = low(self.x + 100, low(self.x + 4, 9))",
        "def low(a: int, b: int) -> int:\n    return a if a < b else b\n",
        "4",
    ),
    "a result that is None": (
        "x: int = durable(0)",
        "n = found(self.x)\nif n is not None:\n    self.x = n",
        "def found(n: int) -> int | None:\n    return n + 3 if n < 9 else None\n",
        "4",
    ),
    "a tuple": ("x: int = durable(0)", "t = (self.x + 1, 100)\nself.x = t[0] if self.x < 4 else t[1]", "", "refused"),
    "a list": ("x: int = durable(0)", "l = [self.x, 30, -30]\nself.x = l[abs(self.x) % 3]", "", "1"),
    "a dict": ("x: int = durable(0)", "d = {1: 40, 2: self.x}\nself.x = d.get(self.x, 1)", "", "3"),
    "an option": ("x: int = durable(0)", "o = self.x + 1 if self.x < 3 else None\nself.x = 77 if o is None else o", "", "5"),
    "a record": (
        "x: int = durable(0)",
        "r = Pair(self.x % 4, 1)\nself.x = r.left + r.right",
        "class Pair(Record):\n    left: int\n    right: int\n",
        "5",
    ),
    "a record that starts": (
        "p: Pair = durable(Pair(99, -99))",
        "self.p = Pair(self.p.right % 3, 1)",
        "class Pair(Record):\n    left: int\n    right: int\n",
        "3",
    ),
    "records that start in a list": (
        "l: Annotated[list[Pair], Max(2)] = durable([Pair(99, -99)])",
        "self.l = [Pair(0, self.l[0].left % 50)]",
        "class Pair(Record):\n    left: int\n    right: int\n",
        "3",
    ),
    "a set of numbers": (
        "x: int = durable(0)",
        "s = {self.x, 3}\nself.x = max(s) + 1 if 3 in s and len(s) == 2 else 0",
        "",
        "refused",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_inferred_holds(name: str, tmp_path: Path) -> None:
    fields, step, top, expected = CASES[name]
    body = indented(step, 8)
    source = (
        f"{top}\nclass Server(Process):\n    {indented(fields, 4)}\n\n    @action\n    def act(self) -> None:\n        {body}\n"
    )
    source += "\nserver = Server.single()\n\n@always\ndef fine() -> bool:\n    return True\n"
    found = held_together(written(tmp_path, source))
    assert ("refused" if not found.isdigit() else found) == expected, found


MESSAGE = """
class Ping(Message):
    n: int

class Pong(Message):
    n: int

class Server(Process):
    x: int = durable(0)

    @action
    def start(self) -> None:
        require(self.x == 0)
        self.x = 1
        send(Ping(n=3), to=self)

    @receive
    def on_ping(self, m: Ping) -> None:
        send(Pong(n=m.n + {by}), to=self)

    @receive
    def on_pong(self, m: Pong) -> None:
        self.x = m.n
        if {guard}:
            send(Ping(n=m.n), to=self)

server = Server.single()

@always
def fine() -> bool:
    return server.x < 20
"""


@pytest.mark.parametrize(
    ("by", "guard", "is_bounded"), [("1", "m.n < 9", True), ("7", "m.n < 100", True), ("1", "True", False)]
)
def test_numbers_that_go_around_in_messages(by: str, guard: str, is_bounded: bool, tmp_path: Path) -> None:
    found = held_together(written(tmp_path, MESSAGE.format(by=by, guard=guard)))
    assert found.isdigit() == is_bounded, found


def test_bounds_are_as_tight_as_their_guards(tmp_path: Path) -> None:
    source = (
        "TOP = param(200, 'top')\nclass Server(Process):\n    x: int = durable(0)\n    y: int = durable(0)\n\n    @action\n"
    )
    source += "    def act(self) -> None:\n        require(self.x + 2 < TOP and self.x < TOP - 5)\n        self.x += 7\n"
    source += "        self.y = self.x * 2\n\nserver = Server.single()\n"
    fields = lower(load(written(tmp_path, source))).fields["Server"]
    assert [in_words(f.type, bounds=True) for f in fields] == ["int 0..201", "int 0..402"]


def test_a_model_whose_types_do_not_settle_is_refused_at_its_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lowering, "ROUNDS", 3)
    source = "class Server(Process):\n    x: int = durable(0)\n\n    @action\n    def act(self) -> None:\n"
    source += "        require(self.x < 9)\n        self.x += 1\n\nserver = Server.single()\n"
    said = str(answered(request(written(tmp_path, source), engine="native")))
    assert "the bounds of `x` do not settle" in said
    assert "x: int = durable(0)" in said


def test_a_local_that_nests_deeper_and_deeper_is_refused(tmp_path: Path) -> None:
    source = (
        "class Server(Process):\n    x: int = durable(0)\n\n    @action\n    def act(self) -> None:\n        a: list = []\n"
    )
    source += "        for i in range(3):\n            a = [a]\n        self.x = len(a)\n\nserver = Server.single()\n"
    assert "`a` has values of two types here" in held_together(written(tmp_path, source))


@pytest.mark.parametrize("name", list(IN_A_METHOD)[::4])
def test_a_wrong_fact_never_makes_an_answer(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With facts that do not end, what is inferred is wrong; each run is right all the same, or ends as a defect."""
    path = written(tmp_path, TOP + METHOD + indented(IN_A_METHOD[name], 8) + END.format(size=1))
    truth = agreed(path, threads=(1,))

    def keep(_flow: object, _cells: object) -> None:
        """Drop no fact, whatever changed."""

    monkeypatch.setattr(narrowing.Flow, "_drop", keep)
    monkeypatch.setattr(narrowing, "UNSTABLE", ())
    assert not isinstance(truth, str)
    for asked in (request(path), request(path, engine="native")):
        with suppress(Defect):
            assert essence(check(asked)) == essence(truth)


@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(source=counters())
def test_generated_counters_mean_the_same(source: str, tmp_path: Path) -> None:
    held_together(written(tmp_path, source))
