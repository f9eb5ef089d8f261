"""The table: two files of entries, a line each, in groups with a heading; what is expected of each stands first.

    # arithmetic
    same      self.x // self.y
    refused   self.l[: self.x - 5]

same      both engines reach what plain Python reaches from every first state
refused   the model is refused, by both engines, at the entry's own line
fallback  it has no C meaning: the native engine says so, and the reference engine reaches what plain Python reaches
stricter  both engines call an error of the model what Python computes: documented, and the same in both
WRONG     none of these: the test is expected to fail, and whoever mends it writes what holds then

An entry goes on in the lines that begin where its text does. What an expression gives
is stored in a field of its type.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLASSES = ("same", "refused", "fallback", "stricter", "WRONG")
TEXT = 10  # the column in which an entry's text begins
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """One line of the table. `text` is an expression or a statement."""

    file: str
    line: int
    group: str
    expected: str
    text: str

    @property
    def is_expression(self) -> bool:
        return self.file == "expressions.txt"

    @property
    def name(self) -> str:
        return self.text.replace("\n", "; ")


def entries(file: str) -> list[Entry]:
    """Return the entries of one file of the table, in order."""
    found: list[Entry] = []
    group = ""
    for number, line in enumerate((HERE / file).read_text(encoding="utf-8").splitlines(), 1):
        expected, text = line[:TEXT].strip(), line[TEXT:]
        if line.startswith("#"):
            group = line.strip("# ")
        elif expected:
            assert expected in CLASSES, f"{file}:{number}: {expected}"
            found.append(Entry(file, number, group, expected, text))
        elif text:
            last = found.pop()
            found.append(Entry(file, last.line, group, last.expected, f"{last.text}\n{text}"))
    return found
