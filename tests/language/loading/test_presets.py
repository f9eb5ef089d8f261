"""Presets: what each of their fields may be, said with its line; and parameters of every plain type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.language.errors import ModelError, UsageError
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from quorate import Faults, Group, Message, Preset, Process, action, always, param, receive, require, send, volatile
N = param(2)
class Relay(Process):
    on: bool = volatile(False)
    @action
    def turn(self) -> None:
        require(not self.on)
        self.on = True
middle = Relay.single()
@always
def ok() -> bool:
    return True
def forgotten() -> bool:
    return True
used = forgotten
presets = [
    Preset("first"),
    HERE,
]
"""
LINE = 1 + MODEL[: MODEL.index("HERE")].count("\n")


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ('Preset("default", faults="crash=1")', "`faults` cannot be `'crash=1'`"),
        ('Preset("default", faults={"crash": 1})', "write `faults=Faults(crash=1)`"),
        ('Preset("default", faults=None)', "write `faults=Faults(crash=1)`"),
        ('Preset("default", faults=Faults(crash=-1))', "`crash` cannot be `-1`"),
        ('Preset("default", faults=Faults(crash=True))', "`crash` cannot be `True`"),
        ('Preset("default", faults=Faults(crash=1.5))', "`crash` cannot be `1.5`"),
        ('Preset("default", faults=Faults(crash=None))', "`crash` cannot be `None`"),
        ('Preset("default", faults=Faults(drop="often"))', "`drop` cannot be `'often'`"),
        ('Preset("default", holds=ok)', "`holds` cannot be `ok`"),
        ('Preset("default", holds="ok")', "properties are listed: write `holds=[one, two]`"),
        ('Preset("default", holds=[3])', "`holds` cannot be"),
        ('Preset("default", holds={"ok": 1})', "`holds` cannot be"),
        ('Preset("default", violates=ok)', "`violates` cannot be `ok`"),
        ('Preset("default", violates={ok: "3"})', "`violates` cannot be"),
        ('Preset("default", violates={ok: None})', "`violates` cannot be"),
        ('Preset("default", violates={ok: -3})', "`violates` cannot be"),
        ('Preset("default", capacity="8")', "`capacity` cannot be `'8'`"),
        ('Preset("default", capacity=10**5000)', "`capacity` cannot be `this int`"),
        ('Preset("default", faults=Faults(crash=10**5000))', "`crash` cannot be `this int`"),
        ('Preset("default", stuck=[])', "`stuck` cannot be `[]`"),
        ('Preset("default", capacity=0)', "`capacity` cannot be `0`"),
        ('Preset("default", capacity=True)', "`capacity` cannot be `True`"),
        ('Preset("default", capacity=2.0)', "`capacity` cannot be `2.0`"),
        ('Preset("default", faults=Faults(crash=1, connections="gone"))', "`connections` cannot be `'gone'`"),
        ('Preset("default", full="limits")', "`full` cannot be `'limits'`"),
        ('Preset("default", network="fif")', "`network` cannot be `'fif'` (did you mean `fifo`?)"),
        ('Preset("default", network=None)', "`network` cannot be `None`"),
        ('Preset("default", network=["fifo"])', "`network` cannot be"),
        ('Preset("default", params=["N"])', "`params` cannot be"),
        ('Preset("default", params={1: 2})', "`params` cannot be"),
        ('Preset("default", params={"N": "many"})', "`N` is a number"),
        ('Preset("default", params={"M": 1})', "there is no parameter `M`"),
        ('Preset("default", states="288")', "`states` cannot be"),
        ('Preset("default", states=-1)', "`states` cannot be"),
        ('Preset("default", depth=1.5)', "`depth` cannot be"),
        ('Preset("default", about=3)', "`about` cannot be"),
        ("Preset(3)", "`name` cannot be `3`"),
        ('Preset("")', "a preset has a name"),
        ('Preset("all")', "`all` means every one"),
        ('Preset("default", holds=[forgotten])', "`forgotten` is a function without a decorator, no property"),
        ('Preset("default", holds=["forgotten"])', "write `@always` or another above it, in line 14"),
        ('Preset("default", violates=[Relay.turn])', "`turn` is a step, no property"),
        ('Preset("default", holds=["okay"])', "there is no property `okay` (did you mean `ok`?)"),
        ('Preset("default", holds=[ok], violates=[ok])', "expects `ok` to hold and to be violated"),
        ('Preset("default", faults=Faults(crash="1 of middle"))', "it is the one `Relay`: write `of Relay`"),
        ('Preset("default", faults=Faults(crash="1 of relay"))', "(did you mean `Relay`?)"),
    ],
)
def test_a_slip_in_a_preset_is_said_with_its_line(tmp_path: Path, preset: str, said: str) -> None:
    path = tmp_path / "m.py"
    path.write_text(MODEL.replace("HERE", preset), encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        check(Request(model=str(path), preset="default", engine="reference"))
    assert said in str(refused.value)
    assert refused.value.where is not None
    assert refused.value.where.line == LINE


def test_a_parameter_can_repair_a_default_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    text = (
        MODEL.replace("param(2)", "param(0)").replace("Relay.single()", "Group(Relay, N)").replace("HERE", 'Preset("default")')
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="at least one process"):
        check(Request(model=str(path)))
    found = check(Request(model=str(path), parameters={"n": "2"}))
    assert (found.setup.parameters, found.exploration.states) == ({"N": 2}, 4)
    with pytest.raises(UsageError, match="no parameter"):
        check(Request(model=str(path), parameters={"m": "2", "n": "1"}))


def test_a_parameter_may_be_a_fraction() -> None:
    text = 'from quorate import param\nRATE = param(0.5, choices=[0.5, 0.9, 1.0])\nNAME = param("x")\n'
    assert [p.value for p in load(text, rate="0.9", name="y").parameters] == [0.9, "y"]
    assert load(text, rate=1).parameters[0].value == 1.0
    for wrong in ("nan", "inf", "fast", True, "0.7"):
        with pytest.raises(UsageError, match="RATE"):
            load(text, rate=wrong)


def test_a_key_that_is_not_there_says_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from typing import Annotated\n"
        "from quorate import Group, Process, Range, action, always, volatile\n"
        "class Node(Process):\n"
        "    seen: dict[Node, Annotated[int, Range(0, 3)]] = volatile({})\n"
        "    n: Annotated[int, Range(0, 3)] = volatile(0)\n"
        "    @action\n"
        "    def look(self) -> None:\n"
        "        self.n = self.seen[self]\n"
        "nodes = Group(Node, 2)\n"
        "@always\n"
        "def low() -> bool:\n"
        "    return all(n.n < 3 for n in nodes)\n",
        encoding="utf-8",
    )
    found = check(Request(model=str(path)))
    assert found.exit_code == 2
    assert "KeyError: Node 1" in found.error
    assert "m.py:9:" in found.error
    assert "write `d.get(key, default)`" in found.error


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("param(Fraction(1, 2))", "a parameter cannot be this `Fraction`"),
        ("param(1, choices=[1, Fraction(2)])", "a parameter cannot be this `Fraction`"),
        ("param((1, Fraction(2)))", "a parameter cannot be this `tuple`"),
        ("param([1])", "`N` may be a number, a truth value, a text"),
        ("param(2**63)", "this `int` that does not fit 64 bits"),
        ("param(1, Fraction(1))", 'write `N = param(..., "what it is")`'),
    ],
)
def test_a_parameter_is_of_a_plain_type(declared: str, said: str) -> None:
    source = MODEL.replace("HERE", 'Preset("second")').replace("param(2)", declared)
    with pytest.raises(ModelError) as caught:
        load("from fractions import Fraction" + source)
    assert said in str(caught.value)
    assert caught.value.where
