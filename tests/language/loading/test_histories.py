"""What cannot be a history is refused, where it stands."""

from __future__ import annotations

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load, load_asking
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from quorate import *

{declared}

class Node(Process):
    n: bool = durable(False)

    @action
    def act(self) -> None:
        require(not self.n)
        self.n = True
        {step}

node = Node.single()
{after}
"""
REGISTER = "register = Register(bool, initial=False)\nhistory = History(register)"

PROPERTY = "@never\ndef p() -> bool:\n    history.fail(node)\n    return False"

WRONG = {
    "nothing to call": (
        REGISTER,
        "history.begins(self, register.read())",
        "",
        "`history.begins` is nothing to call",
    ),
    "no operation": (REGISTER, "history.begin(self, register.take())", "", "`register.take` is nothing to call"),
    "no value": (REGISTER, "history.begin(self, register.write())", "", "`write` needs its argument `value`"),
    "two histories": (REGISTER + "\nother = History(register)", "pass", "", "an object has two histories"),
    "no name": ("register = Register(bool, initial=False)\nHistory(register)", "pass", "", "a history has no name"),
    "no history": ("lock = Lock()", "lock.acquire()", "", "`lock.acquire` is nothing to call"),
    "not in a property": (
        REGISTER,
        "pass",
        "@never\ndef p() -> bool:\n    history.fail(node)\n    return False",
        "is for steps",
    ),
    "not of this object": (
        "lock = Lock()\nhistory = History(lock)",
        "pass",
        'presets = [Preset("default", holds=[history.regular])]',
        "`regular` is a guarantee of a register, and this is a history of a `Lock`",
    ),
    "no such guarantee": (REGISTER, "pass", 'presets = [Preset("default", holds=["history.linear"])]', "history.linear"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_history_is_refused_with_its_place(name: str) -> None:
    declared, step, after, words = WRONG[name]
    with pytest.raises(ModelError) as refused:
        lower(load(MODEL.format(declared=declared, step=step, after=after)))
    assert words in str(refused.value)
    assert refused.value.where is not None


def test_a_history_keeps_nothing_where_nothing_is_asked_of_it() -> None:
    source = MODEL.format(declared=REGISTER, step="history.begin(self, register.read())", after="")
    plain, asked = load(source), load_asking(source, ["history.linearizable"], {})
    assert plain.shared == () == plain.properties
    assert "history.linearizable" in plain.offered
    assert [p.name for p in asked.properties] == ["history.linearizable"]
    assert not any(asked.keeps(holder) for holder in asked.shared)
    assert asked.shared


def test_the_clients_are_those_that_begin() -> None:
    source = MODEL.format(
        declared=REGISTER + "\n\nclass Other(Process):\n    pass\n",
        step="history.begin(self, register.read())",
        after="other = Other.single()",
    )
    asked = load_asking(source, ["history.linearizable"], {})
    (field,) = [f for f in asked.fields["history.Operations"] if f.name == "open"]
    assert "members=(0,)" in repr(field.type)
