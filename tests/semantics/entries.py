"""The sentences of docs/semantics.md, and the entries that show what they say: those of the `.txt` files beside this one.

An entry ends with a line of dashes, and has, each at most once if not said otherwise:

    > the beginning of a sentence, long enough for one only          (any number; of a row: `first cell | second cell`)
    $ see tests/folder/test_module.py::test_name                     (any number: what shows it elsewhere)
    $ refused WORDS        the protocol is refused with these words
    $ error WORDS          the search ends in an error of the model with these words
    $ exit N               the exit code is this one, not 0
    $ says WORDS           the report of the search says so (any number)
    $ alone REASON         the oracle cannot tell, or says otherwise, and why
    the protocol, without its imports; checked in its default preset by both engines and the oracle

To add a sentence to the page, write the entry that shows it; a test says so where it is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HEAD = """from __future__ import annotations
from enum import Enum, IntEnum, auto
from typing import Annotated
from quorate import *

"""


@dataclass(slots=True)
class Entry:
    """What shows one or several sentences; `where` is its file and line."""

    where: str
    sentences: list[str] = field(default_factory=list)
    see: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    refused: str = ""
    error: str = ""
    alone: str = ""
    exit: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def protocol(self) -> str:
        """Its text, with the imports, or nothing."""
        body = "\n".join(self.lines).strip("\n")
        return f"{HEAD}{body}\n" if body else ""


def sentences(text: str) -> list[str]:
    """Return the sentences of a page of Markdown, in order; a row of a table is one, its cells parted by bars."""
    found: list[str] = []
    waiting: list[str] = []
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        row = line.startswith("|")
        if row or not line or line.startswith(("#", "- ")):
            found += [s for s in re.split(r"(?<=[.?!])\s+(?=[A-Z`@(*])", " ".join(waiting)) if s]
            waiting.clear()
        if row:
            cells = [c.strip() for c in line.strip("|").split("|")]
            found += [" | ".join(cells).strip(" |")] if set("".join(cells)) - set("-: ") else []
        elif line and not line.startswith("#"):
            waiting.append(line.removeprefix("- "))
    return found


def entries() -> list[Entry]:
    """Return all entries of the `.txt` files."""
    return [entry for path in sorted(HERE.glob("*.txt")) for entry in _entries_of(path)]


def _entries_of(path: Path) -> list[Entry]:
    found: list[Entry] = []
    entry = Entry(f"{path.name}:1")
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), "----"], 1):
        if re.fullmatch("-{4,}", line):
            found += [entry] if entry.sentences else []
            entry = Entry(f"{path.name}:{number + 1}")
        elif line.startswith("> "):
            entry.sentences.append(line[2:].strip())
        elif line.startswith("$ "):
            word, _, rest = line[2:].partition(" ")
            _note(entry, word, rest.strip())
        else:
            entry.lines.append(line)
    return found


def _note(entry: Entry, word: str, rest: str) -> None:
    if word in {"see", "says"}:
        getattr(entry, word).append(rest)
    elif word in {"refused", "error", "alone"}:
        setattr(entry, word, rest)
    elif word == "exit":
        entry.exit = int(rest)
    else:
        raise AssertionError(f"{entry.where}: there is no `$ {word}`")
