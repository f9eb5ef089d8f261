"""A name that was not imported: the import is named, not a definition asked for."""

from __future__ import annotations

import pytest

import quorate
from quorate.language.errors import ModelError
from quorate.language.imports import QUORATE, import_of
from quorate.language.loading.load import load

HEAD = "from quorate import Process, action, durable\n"
LATER = "from __future__ import annotations\n" + HEAD
NODE = "class Node(Process):\n    on: bool = durable(False)\n"
MISSING = {
    "a mark of a method": (HEAD + NODE + "    @initial\n    def start(self) -> None: pass\n", "from quorate import initial"),
    "a mark of a property": (HEAD + NODE + "@always\ndef fine() -> bool: return True\n", "from quorate import always"),
    "a bound": (HEAD + "from typing import Annotated\nT = Annotated[list[bool], Max(2)]\n", "from quorate import Max"),
    "an enum": (HEAD + "class Color(Enum):\n    RED = 1\n", "from enum import Enum"),
    "in an annotation": (
        LATER + "class Node(Process):\n    n: Annotated[int, Max(3)] = durable(0)\nnode = Node.single()\n",
        "from typing import Annotated",
    ),
}


def test_every_public_name_is_known() -> None:
    public = {n for n, v in vars(quorate).items() if getattr(v, "__module__", "") == "quorate.language.declare"}
    assert public == set(QUORATE)


@pytest.mark.parametrize("case", MISSING)
def test_the_missing_import_is_named(case: str) -> None:
    text, wanted = MISSING[case]
    with pytest.raises(ModelError) as caught:
        load(text)
    assert caught.value.remedy == f"import it: `{wanted}`"
    assert "did you mean" not in caught.value.what


def test_a_name_of_nobodys_is_defined() -> None:
    assert import_of("foo") is None
    with pytest.raises(ModelError, match="define `foo` above"):
        load(HEAD + "x = foo\n")


def test_a_mark_on_a_function_is_told_what_its_method_looks_like() -> None:
    with pytest.raises(ModelError, match=r"make it a method of a process: `def handler\(self, m: Kind\)`"):
        load("from quorate import *\n" + NODE + "node = Node.single()\n@receive\ndef start() -> None: pass\n")


def test_a_process_has_no_init() -> None:
    with pytest.raises(ModelError, match="compute them in a method that is marked `@initial`"):
        load(HEAD + NODE + "    def __init__(self) -> None:\n        self.x = 1\nnode = Node.single()\n")


def test_a_property_returns_a_truth_value() -> None:
    text = "from quorate import *\n" + NODE + "node = Node.single()\n@always\ndef fine() -> int:\n    return 1\n"
    with pytest.raises(ModelError) as caught:
        load(text)
    assert "this one returns `int`" in str(caught.value)
    assert caught.value.remedy == "write `def fine() -> bool`, and a condition"
    assert caught.value.where is not None
    assert caught.value.where.column == 15


def test_shared_state_has_names_of_its_own() -> None:
    shared = "from quorate import *\nclass Log(Shared):\n    {}: bool = durable(False)\nlog = Log.single()\n" + NODE
    with pytest.raises(ModelError, match=r"`Log\.number`: shared state has its own `number` already"):
        load(shared.format("number"))
    assert load(shared.format("index") + "node = Node.single()\n").shared
