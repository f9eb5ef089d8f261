"""What the loader refuses: each with its place and with what to write instead."""

from __future__ import annotations

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from tests.language.loading.test_load import HEAD, NODE

REFUSED = {
    "syntax": (
        "def f(:\n    pass\n",
        """
<model>.py:1:7: invalid syntax
    def f(:
          ^
  this is not Python yet: correct the syntax first""",
    ),
    "exception": (
        "numbers = [1]\nlast = numbers[3]\n",
        """
<model>.py:2:8: IndexError: list index out of range
    last = numbers[3]
           ^
  there is no such item here: ask `i < len(...)` before""",
    ),
    "a factory": (
        (
            "from quorate import *\nfrom dataclasses import field\nclass Node(Process):\n"
            "    seen: set[bool] = volatile(field(default_factory=set))\nnodes = Group(Node, 2)\n"
        ),
        """
<model>.py:4:5: `seen` begins with a value, and this is a factory
    seen: set[bool] = volatile(field(default_factory=set))
    ^
  write the value itself, as `volatile([])`: each process has its own""",
    ),
    "a class in a value's place": (
        "from quorate import *\nclass Node(Process):\n    seen: set[bool] = volatile(set)\nnodes = Group(Node, 2)\n",
        """
<model>.py:3:5: `seen` begins with a value, and this is a class
    seen: set[bool] = volatile(set)
    ^
  write the value itself, as `volatile([])`: each process has its own""",
    ),
    "late annotations": (
        "from quorate import *\nclass Node(Process):\n    peer: Node | None = durable(None)\n",
        """
<model>.py:3:11: NameError: name 'Node' is not defined
    peer: Node | None = durable(None)
          ^
  define `Node` above, or begin the file with `from __future__ import annotations` if it is a type""",
    ),
    "two marks": (
        "from quorate import *\nclass Node(Process):\n    @receive\n    @action\n    def go(self) -> None: ...\n",
        """
<model>.py:3:6: `go` has two marks, `@action` and `@receive`
    @receive
     ^
  write two functions, each with one""",
    ),
    "a property that is a step": (
        "from quorate import *\n@always\n@action\ndef fine() -> bool:\n    return True\n",
        """
<model>.py:2:2: `fine` has two marks, `@action` and `@always`
    @always
     ^
  write two functions, each with one""",
    ),
    "a field that every record has": (
        "from quorate import *\nclass R(Record):\n    replace: bool\n    other: bool\n",
        """
<model>.py:2:1: `R.replace`: every record has its own `replace` already
    class R(Record):
    ^
  choose another name""",
    ),
    "shared state that is only made": (
        "from quorate import *\nclass Log(Shared):\n    n: bool = durable(False)\nlog = Log()\n",
        """
<model>.py:4:1: `log` is made, and not declared: no state of the model has it
    log = Log()
    ^
  write `log = Log.single()`""",
    ),
    "no module": (
        "from words import TOP\nX = 1\n",
        """
<model>.py:1:1: ModuleNotFoundError: No module named 'words'
    from words import TOP
    ^""",
    ),
    "empty group": (
        HEAD + "class Node(Process): pass\nnodes = Group(Node, 0)\n",
        """
<model>.py:7:9: a group has at least one process: `Group(Node, 0)`
    nodes = Group(Node, 0)
            ^""",
    ),
    "nameless group": (
        HEAD + "class Node(Process): pass\nnodes = [Group(Node, 1)]\n",
        """
<model>.py:7:1: a group has no name
    nodes = [Group(Node, 1)]
    ^
  bind it at the top level: `servers = Group(Server, n)`""",
    ),
    "model in a function": (
        HEAD + "def make() -> None:\n    class Node(Process): pass\nmake()\n",
        """
<model>.py:7:5: a model declares its classes and groups at the top level, not inside a function
    class Node(Process): pass
    ^
  move the declaration to the top level of the module""",
    ),
    "parameter under an if": (
        HEAD + "if True:\n    SIZE = param(3)\n",
        """
<model>.py:7:12: a parameter is declared where it can be found without running the model
    SIZE = param(3)
           ^
  write `NAME = param(default, "what it is")` at the top level, outside any `if`""",
    ),
    "field without a value": (
        HEAD + "class Node(Process):\n    n: bool\nnode = Node.single()\n",
        """
<model>.py:7:5: the field `n` does not say its initial value and what a crash does to it
    n: bool
    ^
  write `n: bool = durable(...)` or `volatile(...)`""",
    ),
    "plain initial value": (
        HEAD + "class Node(Process):\n    n: bool = False\nnode = Node.single()\n",
        """
<model>.py:7:5: the field `n` does not say its initial value and what a crash does to it
    n: bool = False
    ^
  write `n: bool = durable(...)` or `volatile(...)`""",
    ),
    "field without a type": (
        HEAD + "class Node(Process):\n    n = durable(0)\nnode = Node.single()\n",
        """
<model>.py:7:5: the field `n` has no type
    n = durable(0)
    ^
  write `n: T = durable(0)` with its type""",
    ),
    "volatile shared state": (
        HEAD + "class History(Shared):\n    n: bool = volatile(False)\nhistory = History.single()\n",
        """
<model>.py:7:5: shared state never fails
    n: bool = volatile(False)
    ^
  write `durable(...)` or `ghost(...)`""",
    ),
    "initial value out of its bound": (
        HEAD + "TOP = 2\nclass Node(Process):\n    n: Annotated[int, Range(0, TOP)] = durable(3)\nnode = Node.single()\n",
        """
<model>.py:8:5: the initial value of `n` would be 3, above its bound `TOP` = 2
    n: Annotated[int, Range(0, TOP)] = durable(3)
    ^
  give it a value of its type""",
    ),
    "initial value inside a container": (
        HEAD
        + "class Node(Process):\n    n: dict[bool, tuple[bool, bool]] = durable({True: (False, 1)})\nnode = Node.single()\n",
        """
<model>.py:7:5: the initial value of `n[True][1]` is 1, not a `bool`
    n: dict[bool, tuple[bool, bool]] = durable({True: (False, 1)})
    ^
  give it a value of its type""",
    ),
    "str": (
        HEAD + "class Node(Process):\n    n: set[str] = durable(set())\nnode = Node.single()\n",
        """
<model>.py:7:12: `str` is not a type of the language
    n: set[str] = durable(set())
           ^
  use an `Enum`: its members are the finitely many words""",
    ),
    "unknown type": (
        HEAD
        + "class Vote(Record):\n    n: bool\nclass Node(Process):\n    n: Vode | None = durable(None)\nnode = Node.single()\n",
        """
<model>.py:9:8: `Vode` is not defined (did you mean `Vote`?)
    n: Vode | None = durable(None)
       ^
  define or import it""",
    ),
    "union": (
        HEAD + "class Node(Process):\n    n: bool | int = durable(0)\nnode = Node.single()\n",
        """
<model>.py:7:8: a value is of one type, or None
    n: bool | int = durable(0)
       ^
  only `T | None` is a union of the language: use a `Record` with an `Enum` that says which it is""",
    ),
    "unbounded list": (
        HEAD + "class Node(Process):\n    n: list[bool] = durable([])\nnode = Node.single()\n",
        """
<model>.py:7:8: `n` holds a list without a bound
    n: list[bool] = durable([])
       ^
  write `Annotated[list[bool], Max(n)]`""",
    ),
    "unbounded list in a message": (
        HEAD + "class Log(Message):\n    entries: list[bool]\n" + NODE,
        """
<model>.py:7:14: `entries` holds a list without a bound
    entries: list[bool]
             ^
  write `Annotated[list[bool], Max(n)]`""",
    ),
    "unhashable item": (
        HEAD + "class Node(Process):\n    n: set[Annotated[list[bool], Max(2)]] = durable(set())\nnode = Node.single()\n",
        """
<model>.py:7:12: Python cannot hash an item of a set or a key of a dict with a list, a dict or a `set` in it
    n: set[Annotated[list[bool], Max(2)]] = durable(set())
           ^
  use `frozenset`, `tuple` or a `Record` of such""",
    ),
    "set of sets": (
        HEAD + "class Node(Process):\n    n: dict[tuple[bool, set[bool]], bool] = durable({})\nnode = Node.single()\n",
        """
<model>.py:7:13: Python cannot hash an item of a set or a key of a dict with a list, a dict or a `set` in it
    n: dict[tuple[bool, set[bool]], bool] = durable({})
            ^
  use `frozenset`, `tuple` or a `Record` of such""",
    ),
    "record that holds itself": (
        HEAD + "class Tree(Record):\n    left: Tree | None\n" + NODE,
        """
<model>.py:7:11: `Tree` holds itself
    left: Tree | None
          ^
  hold an id or an index instead: every value of the language is finite""",
    ),
    "process that there is none of": (
        HEAD + "class Other(Process): pass\nclass Node(Process):\n    n: Other | None = durable(None)\nnode = Node.single()\n",
        """
<model>.py:8:8: there is no process of kind `Other`
    n: Other | None = durable(None)
       ^
  write `others = Group(Other, n)` or `Other.single()`""",
    ),
    "empty range": (
        HEAD + "class Node(Process):\n    n: Annotated[int, Range(3, 1)] = durable(0)\nnode = Node.single()\n",
        """
<model>.py:7:23: no number lies from 3 to 1
    n: Annotated[int, Range(3, 1)] = durable(0)
                      ^
  write the lower bound first""",
    ),
    "handler without a message": (
        HEAD + "class Node(Process):\n    @receive\n    def on(self) -> None: pass\nnode = Node.single()\n",
        """
<model>.py:8:5: a handler takes a message, and the sender if it asks
    def on(self) -> None: pass
    ^
  write `def handler(self, m: Kind)` or `def handler(self, m: Kind, sender: Server)`""",
    ),
    "handler of no message": (
        HEAD + "class Node(Process):\n    @receive\n    def on(self, m: bool) -> None: pass\nnode = Node.single()\n",
        """
<model>.py:8:18: a handler's first argument is a message
    def on(self, m: bool) -> None: pass
                 ^
  annotate it with one class of messages""",
    ),
    "second handler": (
        HEAD
        + "class A(Message): pass\nclass Node(Process):\n    @receive\n    def one(self, m: A) -> None: pass\n"
        + "    @receive\n    def two(self, m: A) -> None: pass\nnode = Node.single()\n",
        """
<model>.py:11:5: `A` has a second handler; the first is `Node.one` at <model>.py:9:5
    def two(self, m: A) -> None: pass
    ^
  put both into one handler, with an `if`""",
    ),
    "infinite argument": (
        HEAD + "class Node(Process):\n    @action\n    def act(self, n: int) -> None: pass\nnode = Node.single()\n",
        """
<model>.py:8:22: the argument `n` has infinitely many values
    def act(self, n: int) -> None: pass
                     ^
  give it bounds, such as `Annotated[int, Range(0, 3)]`: an action happens for every value""",
    ),
    "more arguments than can be tried": (
        HEAD
        + "T = Annotated[int, Range(0, 2**31)]\nclass Node(Process):\n    @action\n    def act(self, n: T) -> None: pass\n"
        + "node = Node.single()\n",
        """
<model>.py:9:19: the arguments of `act` have more than 1,048,576 values together, and it happens for each
    def act(self, n: T) -> None: pass
                  ^
  give them narrower bounds, or `choose` among a few""",
    ),
    "a bound beyond 64 bits": (
        HEAD + "class Node(Process):\n    n: Annotated[int, Range(-2**70, 2**70)] = durable(0)\nnode = Node.single()\n",
        """
<model>.py:7:23: this bound is beyond 64 bits
    n: Annotated[int, Range(-2**70, 2**70)] = durable(0)
                      ^
  write a nearer one: 2**63 - 1 is the greatest""",
    ),
    "items that no set has room for": (
        HEAD + "class Node(Process):\n    n: set[Annotated[int, Range(0, 2**40)]] = durable(set())\nnode = Node.single()\n",
        """
<model>.py:7:12: there are more than 4,294,967,296 such values, and a set or dict has a place for each
    n: set[Annotated[int, Range(0, 2**40)]] = durable(set())
           ^
  give them narrower bounds""",
    ),
    "argument with a default": (
        HEAD + "class Node(Process):\n    @action\n    def act(self, n: bool = True) -> None: pass\nnode = Node.single()\n",
        """
<model>.py:8:29: a step's arguments are plain ones
    def act(self, n: bool = True) -> None: pass
                            ^
  name each argument, with its type and without a default""",
    ),
    "property with an argument": (
        HEAD + "@always\ndef fine(x: bool) -> bool:\n    return x\n",
        """
<model>.py:7:1: a property is a function without arguments
    def fine(x: bool) -> bool:
    ^
  write `def fine() -> bool` at the top level: it sees every process through its group""",
    ),
    "handler at module level": (
        HEAD + "class A(Message): pass\n@receive\ndef on(m: A) -> None: pass\n",
        """
<model>.py:8:1: `@receive` marks a method, and `on` is a function
    def on(m: A) -> None: pass
    ^
  make it a method of a process: `def handler(self, m: Kind)`""",
    ),
    "preset of an unknown property": (
        HEAD + NODE + "@always\ndef fine() -> bool:\n    return True\npresets = [Preset('p', holds=['fime'])]\n",
        """
<model>.py:13:30: preset `p`: there is no property `fime` (did you mean `fine`?)
    presets = [Preset('p', holds=['fime'])]
                                 ^
  name a property""",
    ),
    "preset of an unknown parameter": (
        HEAD + NODE + "SIZE = param(2)\npresets = [Preset('p', params={'sise': 3})]\n",
        """
<model>.py:11:31: preset `p`: there is no parameter `sise` (did you mean `SIZE`?)
    presets = [Preset('p', params={'sise': 3})]
                                  ^
  name a parameter""",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_its_place_and_a_remedy(case: str) -> None:
    text, expected = REFUSED[case]
    with pytest.raises(ModelError) as caught:
        load(text)
    assert "\n" + str(caught.value) == expected
