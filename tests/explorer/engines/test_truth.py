"""What Python takes for true, of every sort of value that may be something else, in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from enum import Enum, IntEnum

class Level(IntEnum):
    NONE = 0
    SOME = 1

class Word(str, Enum):
    EMPTY = ""
    FULL = "full"

class Plain(Enum):
    ZERO = 0
    ONE = 1

class Node(Process):
    level: Level | None = durable(None)
    word: Word | None = durable(None)
    plain: Plain | None = durable(None)
    unit: tuple[()] | None = durable(None)
    pair: tuple[bool, bool] | None = durable(None)
    friend: Node | None = durable(None)
    true: int = durable(0)

    @action
    def act(self) -> None:
        require(self.true == 0)
        self.{field} = choose({values})
        {test}

node = Node.single()

@never
def taken_for_true() -> bool:
    return node.true == {found}
"""

VALUES = {
    "level": "[None, Level.NONE, Level.SOME]",
    "word": "[None, Word.EMPTY, Word.FULL]",
    "plain": "[None, Plain.ZERO, Plain.ONE]",
    "unit": "[None, ()]",
    "pair": "[None, (False, False)]",
    "friend": "[None, node]",
}
TRUE = {"level": 1, "word": 1, "plain": 2, "unit": 0, "pair": 1, "friend": 1}  # how many of them are true
CHOICES = {"level": 3, "word": 3, "plain": 3, "unit": 2, "pair": 2, "friend": 2}
TESTS = {
    "if": "self.true = 1 if self.{field} else 2",
    "not": "self.true = 2 if not self.{field} else 1",
    "and": "self.true = 1 if self.{field} and self.true == 0 else 2",
    "or": "self.true = 1 if self.{field} or self.true == 7 else 2",
    "bool": "self.true = 1 if bool(self.{field}) else 2",
    "a guard": "require(self.{field})\n        self.true = 1",
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("field", VALUES)
def test_what_is_true_is_what_python_takes_for_true(field: str, test: str, tmp_path: Path) -> None:
    text = MODEL.format(field=field, values=VALUES[field], test=TESTS[test].format(field=field), found=1)
    path = tmp_path / "model.py"
    path.write_text(HEAD + text, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    assert (result.answers[0].verdict.value == "violated") == (TRUE[field] > 0)
    assert result.exploration.edges == (TRUE[field] if test == "a guard" else CHOICES[field])


@pytest.mark.parametrize("member", ["NONE", "SOME"])
def test_an_enum_of_numbers_is_false_where_its_number_is(member: str, tmp_path: Path) -> None:
    text = MODEL.replace("level: Level | None = durable(None)", f"level: Level = durable(Level.{member})")
    text = text.format(field="true", values="[0]", test="self.true = 1 if self.level else 2", found=2)
    path = tmp_path / "model.py"
    path.write_text(HEAD + text, encoding="utf-8")
    result = agreed(path)
    assert not isinstance(result, str), result
    assert (result.answers[0].verdict.value == "violated") == (member == "NONE")
