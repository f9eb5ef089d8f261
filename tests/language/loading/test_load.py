"""Loading a model: by name, path and text; parameters; modules beside it; what a model declares."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import pytest

import quorate
from quorate.language.errors import ModelError, UsageError
from quorate.language.loading.load import find, load, shipped
from quorate.language.values.types import Bool, DictOf, Int, ListOf, Option, ProcessId, RecordOf, SetOf, Size, TupleOf

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """from __future__ import annotations
from enum import Enum
from typing import Annotated, Optional, Union
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen
from quorate import *
"""
NODE = """
class Node(Process):
    on: bool = durable(False)
nodes = Group(Node, 2)
"""


# -- where a model comes from -----------------------------------------------------------------------------------------


def test_a_shipped_model_goes_by_its_name() -> None:
    assert find("raft") == shipped()["raft"]
    assert load("two_phase_commit").name == "two_phase_commit"
    assert load("two_phase_commit").sources[0].shown == "models/consensus/two_phase_commit.py"


def test_names_of_shipped_models_are_unique() -> None:
    files = [p for p in find("raft").parent.parent.rglob("*.py") if not p.name.startswith("_")]
    assert len(files) == len(shipped())


def test_an_unknown_name_says_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"there is no model `rafd` \(did you mean `raft`\?\)"):
        load("rafd")
    with pytest.raises(UsageError, match="there is no model `zzz`; `quorate list` shows them all"):
        load("zzz")


def test_a_file_needs_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(HEAD + NODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("./mine.py").sources[0].shown == "mine.py"
    with pytest.raises(UsageError, match=r"for the file beside you write `\./mine\.py`"):
        load("mine")
    with pytest.raises(UsageError, match=r"there is no file `\./other\.py`"):
        load("./other.py")


def test_text_is_a_model_too() -> None:
    model = quorate.load('"""The title.\n\nMore."""\n' + HEAD + NODE)
    assert (model.title, model.name) == ("The title.", "model")
    assert [p.label for p in model.processes] == ["Node 1", "Node 2"]


# -- parameters -------------------------------------------------------------------------------------------------------

PARAMETERS = """
class Mode(Enum):
    SYNC = 0
    ASYNC = 1
SIZE = param(2, "how many", choices=range(1, 6))
FAST: bool = param(False)
MODE = param(Mode.SYNC, "how")
WORD = param("all", choices=["all", "some"])
"""


def values(**given: object) -> dict[str, object]:
    found = {p.name: p.value for p in load(HEAD + PARAMETERS, **given).parameters}
    return {name: value.name if isinstance(value, Enum) else value for name, value in found.items()}


def test_parameters_have_their_defaults_and_take_values_under_names_in_any_case() -> None:
    assert values() == {"SIZE": 2, "FAST": False, "MODE": "SYNC", "WORD": "all"}
    assert values(size="4", Fast="yes", mode="async", WORD="some") == {"SIZE": 4, "FAST": True, "MODE": "ASYNC", "WORD": "some"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sice": 3}, "`model` has no parameter `sice` (did you mean `SIZE`?)"),
        ({"zzz": 3}, "`model` has no parameter `zzz`; it has `SIZE`, `FAST`, `MODE`, `WORD`"),
        ({"size": 9}, "`SIZE` cannot be `9`: choose from 1 to 5"),
        ({"size": "many"}, "`SIZE` is a number, and `many` is not"),
        ({"size": True}, "`SIZE` is a number, and `True` is not"),
        ({"fast": "perhaps"}, "`FAST` is true or false, and `perhaps` is not"),
        ({"mode": "asink"}, "`MODE` cannot be `asink`: choose one of `SYNC`, `ASYNC` (did you mean `ASYNC`?)"),
        ({"word": "sone"}, "`WORD` cannot be `sone`: choose one of `all`, `some` (did you mean `some`?)"),
    ],
)
def test_a_wrong_parameter_says_what_to_write(given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        values(**given)
    assert str(caught.value) == says


def test_a_parameter_is_an_import_away_from_everything() -> None:
    text = (
        HEAD
        + """
SIZE = param(2)
SAFE = param(True)
class Node(Process):
    n: Annotated[int, Range(0, SIZE * 2)] = durable(0)
    if SAFE:
        @action
        def careful(self) -> None:
            require(self.n == 0)
nodes = Group(Node, SIZE)
if not SAFE:
    @never
    def impossible() -> bool:
        return False
"""
    )
    plain, other = load(text), load(text, size=3, safe=False)
    assert [len(m.processes) for m in (plain, other)] == [2, 3]
    assert [len(m.steps) for m in (plain, other)] == [1, 0]
    assert [p.name for p in other.properties] == ["impossible"]
    assert other.fields["Node"][0].type == Int(Size(0, "0"), Size(6, "SIZE * 2"))
    assert plain.kinds["Node"] is not other.kinds["Node"]


# -- modules beside it ------------------------------------------------------------------------------------------------


def test_modules_beside_the_model_are_executed_with_it(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text(
        "from typing import Annotated\nfrom quorate import *\nTOP = param(2)\nTerm = Annotated[int, Range(0, TOP)]\n",
        encoding="utf-8",
    )
    (tmp_path / "main.py").write_text(
        HEAD + "import words\nfrom words import Term\nclass Node(Process):\n    t: Term = durable(0)\nnode = Node.single()\n",
        encoding="utf-8",
    )
    first, second = load(tmp_path / "main.py"), load(tmp_path / "main.py", top=5)
    assert [s.path.name for s in first.sources] == ["main.py", "words.py"]
    assert first.fields["Node"][0].type == Int(Size(0, "0"), Size(2, "TOP"))
    assert second.fields["Node"][0].type == Int(Size(0, "0"), Size(5, "TOP"))
    assert first.sha256 == second.sha256
    import sys

    assert "words" not in sys.modules


def test_an_error_in_a_module_beside_the_model_is_shown_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.py").write_text("TOP = 1 / 0\n", encoding="utf-8")
    (tmp_path / "main.py").write_text("from words import TOP\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        load("./main.py")
    assert (
        str(caught.value)
        == "words.py:1:7: ZeroDivisionError: division by zero\n    TOP = 1 / 0\n          ^\n  ask `... != 0` before"
    )


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "initial", "expected"),
    [
        ("bool", "False", Bool()),
        ("int", "7", Int(None, None)),
        ("Annotated[int, Range(-1, TOP)]", "0", Int(Size(-1, "-1"), Size(4, "TOP"))),
        ("Annotated[int, Interval(ge=0, lt=TOP)]", "0", Int(Size(0, "0"), Size(3, "TOP - 1"))),
        ("Annotated[int, Gt(0), Le(TOP + 1)]", "1", Int(Size(1, "1"), Size(5, "TOP + 1"))),
        ("Term | None", "None", Option(Int(Size(0, "0"), Size(4, "TOP")))),
        ("Optional[Node]", "None", Option(ProcessId("Node", (0,)))),
        ("Union[Node, None]", "None", Option(ProcessId("Node", (0,)))),
        ("set[Node]", "set()", SetOf(ProcessId("Node", (0,)))),
        ("frozenset[bool]", "frozenset()", SetOf(Bool(), frozen=True)),
        ("dict[bool, Node | None]", "{}", DictOf(Bool(), Option(ProcessId("Node", (0,))))),
        ("Annotated[list[bool], Max(TOP)]", "[]", ListOf(Bool(), Size(4, "TOP"))),
        ("Annotated[list[bool], MaxLen(3)]", "[]", ListOf(Bool(), Size(3, "3"))),
        ("Annotated[list[bool], Len(0, TOP)]", "[]", ListOf(Bool(), Size(4, "TOP"))),
        ("Log", "[]", ListOf(Bool(), Size(4, "TOP"))),
        ("tuple[bool, Term]", "(True, 0)", TupleOf((Bool(), Int(Size(0, "0"), Size(4, "TOP"))))),
        ("Entry | None", "None", Option(RecordOf("Entry", (("term", Int(Size(0, "0"), Size(4, "TOP"))), ("flag", Bool()))))),
        ("'set[bool]'", "set()", SetOf(Bool())),
    ],
)
def test_types_are_read_with_their_bounds_by_name(annotation: str, initial: str, expected: object) -> None:
    model = load(f"""{HEAD}
TOP = 4
Term = Annotated[int, Range(0, TOP)]
Log = Annotated[list[bool], Max(TOP)]
class Entry(Record):
    term: Term
    flag: bool
class Node(Process):
    x: {annotation} = durable({initial})
node = Node.single()
""")
    assert model.fields["Node"][0].type == expected
    assert repr(model.fields["Node"][0].type) == repr(expected)


def test_messages_are_those_with_a_receiver_in_the_order_of_declaration() -> None:
    model = load(f"""{HEAD}
class B(Message): pass
class A(Message):
    n: bool
class Unused(Message): pass
class Node(Process):
    @receive
    def on_a(self, m: A, sender: Node) -> None: pass
    @receive
    def on_b(self, m: B) -> None: pass
node = Node.single()
""")
    assert [m.name for m in model.messages] == ["B", "A"]
    asks = {s.name: (s.asks_sender, s.sender, s.message.name if s.message else None) for s in model.steps}
    assert asks == {"Node.on_a": (True, model.kinds["Node"], "A"), "Node.on_b": (False, None, "B")}
    assert set(model.records) == {"B", "A", "Unused"}


def test_properties_and_steps_say_what_they_are() -> None:
    model = load(f"""{HEAD}{NODE}
@action
def later(node: Node, flag: bool) -> None: pass
@always
def it_is_so() -> bool:
    '''It is so.

    Indeed.'''
    return True
@final
def in_the_end() -> bool:
    return True
""")
    assert [(p.name, p.modality, p.statement) for p in model.properties] == [
        ("it_is_so", "always", "It is so."),
        ("in_the_end", "final", "in the end"),
    ]
    [step] = model.steps
    assert (step.name, step.role, step.kind) == ("later", "action", None)
    assert step.arguments == (("node", ProcessId("Node", (0, 1))), ("flag", Bool()))
