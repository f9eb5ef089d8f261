"""The class of an entry as it is: what the engines say of it beside what plain Python says.

Read next: `table.py`, what the classes mean; `test_table.py`, which holds them against what is expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.language.against_python.engines import Refused, answers
from tests.language.against_python.plain import STARTS, World, fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.language.against_python.engines import Answer
    from tests.language.against_python.plain import Outcome
    from tests.language.against_python.table import Entry

FIELDS = (
    *("a_bool", "a_int", "a_maybe", "a_list", "a_set", "a_dict", "a_pair", "a_triple", "pairs", "flags", "lists", "maybes"),
    *("a_color", "colors", "a_level", "levels", "an_entry", "entries", "a_peer", "some_peers"),
)  # of `world.py`, that results are stored in


@dataclass(frozen=True)
class Judgement:
    """The class, and what shows it."""

    word: str
    because: str = ""


@cache
def world() -> World:
    return World()


def judged(entries: Sequence[Entry]) -> dict[Entry, Judgement]:
    """Return the class of each entry; those that no engine refuses are compiled together."""
    statements = [statement_of(entry) for entry in entries]
    return {e: judgement(s, a) for e, s, a in zip(entries, statements, answers(statements), strict=True)}


def statement_of(entry: Entry) -> str:
    """Return the statement; an expression is stored in the first field of the type of every value it takes."""
    if not entry.is_expression:
        return entry.text
    values = [value for start in STARTS for value in world().values(entry.text, start)]
    hints = world().hints
    field = next((name for name in FIELDS if values and all(fits(hints[name], v, bounded=False) for v in values)), "a_int")
    return f"self.{field} = {entry.text}"


def judgement(statement: str, answer: Answer) -> Judgement:
    if isinstance(answer, Refused):
        return Judgement("refused" if answer.here else "WRONG", answer.why)
    python = tuple(world().outcome(statement, start) for start in STARTS)
    if python == answer.reference == (answer.native or python):
        return Judgement("same" if answer.native else "fallback")
    if answer.reference == answer.native and all(p == r or r.error for p, r in zip(python, answer.reference, strict=True)):
        return Judgement("stricter")
    return Judgement("WRONG", "\n".join([statement, *_differences(python, answer.reference, answer.native or python)]))


def _differences(python: tuple[Outcome, ...], reference: tuple[Outcome, ...], native: tuple[Outcome, ...]) -> list[str]:
    lines: list[str] = []
    for start in STARTS:
        three = {"Python": python[start], "reference": reference[start], "native": native[start]}
        if len(set(three.values())) > 1:
            lines += [f"from start {start}:", *[f"  {who}: {_shown(outcome, start)}" for who, outcome in three.items()]]
    return lines


def _shown(outcome: Outcome, start: int) -> str:
    """Return an outcome as what it changes."""
    (before,) = world().outcome("pass", start).states
    names = world().names_of_row
    rows = [{n: v for n, v, old in zip(names, row, before, strict=True) if v != old} for row in outcome.states]
    return f"{'an error; ' if outcome.error else ''}{outcome.ways} ways to {sorted(map(str, rows))}"
