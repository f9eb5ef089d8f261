"""What somebody new gets wrong first: each is told with its place and what to write instead, and never ends in a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, configure
from quorate.language.errors import ModelError, UsageError
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

NODE = """
class Note(Message):
    value: Annotated[int, Range(0, 2)]

class Node(Process):
    n: Annotated[int, Range(0, 2)] = durable(0)
"""
GROUP = "\nnodes = Group(Node, 2)\n"
ACTION = "    @action\n    def act(self) -> None:\n        "
HANDLER = "    @receive\n    def on_note(self, m: Note, sender: Node) -> None:\n        "
SEND = ACTION + "send(Note(1), to=nodes[0])\n"

# What is written below the fields of the class, the place that is blamed (line and column), the problem, the remedy.
METHODS = {
    "a wrong argument of a message": (
        ACTION + "send(Note(valeu=1), to=nodes[0])\n" + HANDLER + "pass\n",
        "did you mean `value`?",
    ),
    "a wrong field of a message": (
        SEND + HANDLER + "self.n = m.valeu\n",
        "`Note` has no field `valeu` (did you mean `value`?)",
    ),
    "a handler without its mark": (
        SEND + "    def on_note(self, m: Note) -> None:\n        pass\n",
        "`on_note` is called by nothing: is `@receive` missing?",
    ),
    "another type": (ACTION + "self.n = True\n", "write `1 if ... else 0`"),
    "text": (ACTION + 'self.n = "one"\n', "use an `Enum` for names"),
    "no bound": ("    k: int = durable(0)\n" + ACTION + "self.k += 1\n", "write `Annotated[int, Range(low, high)]`"),
    "a mutable default": (
        "    def add(self, xs: list[int] = []) -> None:\n        xs.append(1)\n" + ACTION + "self.add()\n",
        "the default of `xs` is one object for all calls",
    ),
    "a loop that may not end": (ACTION + "while self.n < 2:\n            self.n += 1\n", "a step must end"),
    "another process's field": (SEND + HANDLER + "self.n = sender.n\n", "send `n` in a message"),
    "nobody": (ACTION + "send(Note(1), to=None)\n" + HANDLER + "pass\n", "`send` goes to a process, not to `None`"),
    "no self": ("    @action\n    def act() -> None:\n        pass\n", "write `def act(self, ...)`"),
    "an argument without a type": (
        "    @action\n    def act(self, x) -> None:\n        pass\n",
        "the argument `x` has no type",
    ),
    "a mark that is called": (
        "    @action()\n    def act(self) -> None:\n        pass\n",
        "write `@action` without parentheses",
    ),
    "bounds the wrong way round": ("    k: Annotated[int, Range(3, 0)] = durable(0)\n", "write the lower bound first"),
    "a field that a process has already": ("    index: bool = durable(False)\n", "every process has its own `index` already"),
}


@pytest.mark.parametrize("mistake", METHODS)
def test_a_mistake_in_a_class(mistake: str, tmp_path: Path) -> None:
    lines, says = METHODS[mistake]
    blames(tmp_path, HEAD + NODE + lines + GROUP, says)


# What is written at the top level, below a group of nodes that is right.
MODULES = {
    "a parameter twice": ("A = param(1)\nA = param(2)\n", "there are two parameters `A`"),
    "a preset's unknown parameter": ('presets = [Preset("default", params={"NODS": 1})]\n', "there is no parameter `NODS`"),
    "a preset's unknown property": ('presets = [Preset("default", holds=["safe"])]\n', "there is no property `safe`"),
    "an unknown fault": ('presets = [Preset("default", faults=Faults(crahs=1))]\n', "(did you mean `crash`?)"),
    "an exception": ("x = 1 // 0\n", "ZeroDivisionError"),
    "an end of the program": ("import sys\nsys.exit(0)\n", "leave the call out: a model only declares"),
    "what is not there": ("import nothing_of_this_name\n", "No module named 'nothing_of_this_name'"),
    "no Python": ("def f() -> None\n    pass\n", "this is not Python yet"),
    "a class by its name": ('more = Group("Node", 2)\n', "write `Group(Server, n)`"),
    "a group of nobody": ("more = Group(Node, 0)\n", "a group has at least one process"),
    "old outside a step": (
        "@always\ndef p() -> bool:\n    return all(old(n).n == 0 for n in nodes)\n",
        "mark the property `@step`",
    ),
    "a property that changes": (
        "@always\ndef p() -> bool:\n    nodes[0].n = 1\n    return True\n",
        "a property changes nothing",
    ),
}


@pytest.mark.parametrize("mistake", MODULES)
def test_a_mistake_at_the_top_level(mistake: str, tmp_path: Path) -> None:
    lines, says = MODULES[mistake]
    blames(tmp_path, HEAD + NODE + GROUP + lines, says)


def blames(folder: Path, source: str, says: str) -> None:
    """Check that the model is refused at a place whose line is shown, with these words."""
    path = folder / "mistaken.py"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        configure(Request(model=str(path)))
    assert says in str(refused.value)
    assert refused.value.exit_code == 2
    where = refused.value.where
    assert where is not None
    assert where.text.rstrip("\n") == source.splitlines()[where.line - 1]
    assert 1 <= where.column <= len(where.text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the model has no process"),
        (b"from quorate import *\nclass Node(Process):\n    pass\n", "the model has no process"),
        (b"\x00\x01\x02", "this is not Python yet"),
        (b"x = 1\ny = '\xff\xfe'\n", "mistaken.py:2:6: this is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_model(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "mistaken.py"
    path.write_bytes(content)
    with pytest.raises(ModelError) as refused:
        configure(Request(model=str(path)))
    assert says in str(refused.value)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "marked.py"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + NODE + ACTION + "self.n = 1\n" + GROUP).encode())
    assert configure(Request(model=str(path))).model.name == "marked"


def test_a_directory_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.py").mkdir()
    with pytest.raises(UsageError, match="is a directory: name a file in it"):
        configure(Request(model=str(tmp_path / "model.py")))


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("import two\nX = 1\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("from one import X\n", encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        configure(Request(model=str(tmp_path / "one.py")))
    assert "cannot import name 'X' from 'one'" in str(refused.value)
    assert "define it before the modules import each other" in str(refused.value)
