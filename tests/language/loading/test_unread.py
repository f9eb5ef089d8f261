"""What nothing reads is an error of the model: a forgotten mark is not passed over. What is used somehow is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from tests.language.loading.test_load import HEAD

if TYPE_CHECKING:
    from pathlib import Path

START = """
class Hello(Message):
    pass

class Node(Process):
    lead: bool = volatile(False)

    @action
    def stop(self) -> None:
        self.lead = False
"""
END = """
nodes = Group(Node, 2)

@always
def one_leads() -> bool:
    return sum(n.lead for n in nodes) <= 1
"""
OTHER = "class Other(Process):\n    start: bool = durable(False)\n    @action\n    def go(self) -> None:\n"

UNREAD = {
    "a method": (
        "    def start(self) -> None:\n        self.laed = True\n",
        "`start` is called by nothing: is `@action` missing?",
    ),
    "a handler": (
        "    def on_hello(self, m: Hello) -> None:\n        pass\n",
        "`on_hello` is called by nothing: is `@receive` missing?",
    ),
    "a handler whose annotation is text": (
        "    def on_hello(self, m: 'Hello') -> None:\n        pass\n",
        "is `@receive` missing?",
    ),
    "a step of a module": (
        "def start(n: Node) -> None:\n    n.lead = True\n",
        "`start` is called by nothing: is `@action` missing?",
    ),
    "a property": ("def all_lead() -> bool:\n    return True\n", "`all_lead` is called by nothing: is `@always` missing, or"),
    "a helper": ("def both(a: bool, b: bool) -> bool:\n    return a and b\n", "`both` is called by nothing\n"),
    "a chain": (
        "def first() -> bool:\n    return second()\ndef second() -> bool:\n    return True\n",
        "`first` is called by nothing: is `@always`",
    ),
    "a circle": (
        "def first() -> bool:\n    return second()\ndef second() -> bool:\n    return first()\n",
        "`first` is called by nothing",
    ),
    "itself": ("def again(n: int) -> int:\n    return again(n)\n", "`again` is called by nothing\n"),
    "under a condition": ("    if True:\n        def start(self) -> None:\n            pass\n", "`start` is called by nothing"),
    "under a condition that is false": (
        "    if False:\n        def start(self) -> None:\n            pass\n",
        "`start` is called by nothing",
    ),
    "only a variable of this name": (
        "def total() -> bool:\n    return True\n@action\ndef go() -> None:\n    total = True\n    nodes[0].lead = total\n",
        "`total` is called by nothing",
    ),
    "only a field of this name": (
        OTHER + "        require(self.start)\nother = Other.single()\nclass More(Node):\n    def start(self) -> None: ...\n",
        "`start` is called by nothing",
    ),
    "a static method": ("    @staticmethod\n    def start() -> None:\n        pass\n", "`start` is called by nothing"),
    "a docstring speaks of it": (
        '    def start(self) -> None:\n        "start"\n\n    @action\n    def go(self) -> None:\n        "start"\n',
        "`start` is called by nothing",
    ),
    "a class of processes": ("class Lost(Process):\n    pass\n", "there is no `Lost`: its steps are never taken"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_nothing_reads_is_refused(name: str) -> None:
    more, says = UNREAD[name]
    with pytest.raises(ModelError) as refused:
        load(HEAD + START + more + END)
    assert says in f"{refused.value}\n"
    assert refused.value.where is not None


READ = {
    "by a step": (
        "    def start(self) -> None:\n        self.lead = True\n    @action\n    def go(self) -> None:\n        self.start()\n"
    ),
    "by a property": "def all_lead() -> bool:\n    return True\n@always\ndef p() -> bool:\n    return all_lead()\n",
    "as a key": (
        "    def rank(self) -> bool:\n        return self.lead\n    @action\n    def go(self) -> None:\n"
        "        self.lead = sorted([True], key=lambda b: self.rank())[0]\n"
    ),
    "as a value": "def one(x: int) -> int:\n    return x\nchosen = one\n",
    "in an annotation": (
        "def top() -> int:\n    return 2\nclass Other(Process):\n    n: Annotated[int, Range(0, top())] = durable(0)\n"
        "other = Other.single()\n"
    ),
    "in an annotation of an argument": (
        "def top() -> int:\n    return 2\n@action\ndef go(n: Annotated[int, Range(0, top())]) -> None:\n    pass\n"
    ),
    "in an annotation that is text": (
        "def top() -> int:\n    return 2\nclass Other(Process):\n    n: 'Annotated[int, Range(0, top())]' = durable(0)\n"
        "other = Other.single()\n"
    ),
    "as a default": "def top() -> int:\n    return 2\nclass Word(Record):\n    n: bool = top() > 1\n",
    "by a preset": "def size() -> int:\n    return 2\npresets = [Preset('default', states=size())]\n",
    "in the main program": "def main() -> None:\n    print('hello')\nif __name__ == '__main__':\n    main()\n",
    "by Python": "    def __str__(self) -> str:\n        return 'node'\n",
    "as a decorator": "def same(f):  # type: ignore\n    return f\n@same\ndef free() -> None:\n    pass\n",
    "by a method of a record": (
        "def one() -> bool:\n    return True\nclass Word(Record):\n    x: bool\n"
        "    def yes(self) -> bool:\n        return one()\n"
    ),
    "by what is executed elsewhere": (
        "def one() -> bool:\n    return True\nif False:\n    @always\n    def p() -> bool:\n        return one()\n"
    ),
    "by a class below": (
        "    def start(self) -> None:\n        pass\nclass Special(Node):\n    @action\n    def go(self) -> None:\n"
        "        self.start()\nspecial = Special.single()\n"
    ),
    "in a lambda": "def one() -> bool:\n    return True\nlater = lambda: one()\n",
    "where a comprehension has the name, too": (
        "def one() -> bool:\n    return True\n@always\ndef p() -> bool:\n    return all(one for one in [True]) and one()\n"
    ),
    "by getattr": "    def start(self) -> None:\n        pass\nstarter = getattr(Node, 'start')\n",
    "exported": "def start() -> None:\n    pass\n__all__ = ['start']\n",
    "a base class": "class Base(Process):\n    pass\nclass More(Base):\n    pass\nmore = More.single()\n",
    "a class for another configuration": "class Other(Process):\n    pass\nif False:\n    other = Other.single()\n",
}


@pytest.mark.parametrize("name", READ)
def test_what_is_used_somewhere_is_left_alone(name: str) -> None:
    load(HEAD + START + READ[name] + END)


def test_a_library_beside_the_model_may_have_more_than_the_model_uses(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text(
        "def used() -> int:\n    return 2\ndef unused() -> bool:\n    return True\n", encoding="utf-8"
    )
    path = tmp_path / "model.py"
    path.write_text(HEAD + START + "from words import used\nN = used()\n" + END, encoding="utf-8")
    load(path)


def test_a_module_that_declares_is_part_of_the_model(tmp_path: Path) -> None:
    text = HEAD + "@always\ndef fine() -> bool:\n    return True\ndef forgotten() -> bool:\n    return False\n"
    (tmp_path / "more.py").write_text(text, encoding="utf-8")
    path = tmp_path / "model.py"
    path.write_text(HEAD + START + "import more\nassert more\n" + END, encoding="utf-8")
    with pytest.raises(ModelError, match="`forgotten` is called by nothing"):
        load(path)


def test_functions_of_a_library_are_left_alone() -> None:
    load(HEAD + START + "from math import gcd, lcm\nfrom quorate import *\n" + END)
