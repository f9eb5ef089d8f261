"""What a report is printed on: so many columns, with or without colour, with or without the drawing characters.

A report is built as lines of `Span`s, so that widths are counted before colours are added. Read next: `verdicts.py` and
`lanes.py`, which build such lines.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NARROWEST, WIDEST = 40, 160  # columns: a report neither breaks every word nor runs across a whole wall


class Role(Enum):
    """What a piece of text is for; its value is how a terminal with colours shows it (ECMA-48 SGR parameters)."""

    PLAIN = ""
    STRONG = "1"
    DIM = "2"
    GOOD = "32"
    BAD = "1;31"
    DOUBT = "33"
    FAULT = "35"
    CHANGE = "36"
    ARROW = "34"


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one role."""

    text: str
    role: Role = Role.PLAIN


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The drawing characters: each is one column wide, except `becomes`."""

    lane: str = "│"
    down: str = "┊"
    rule: str = "─"
    cross: str = "┼"
    leave_right: str = "├"
    leave_left: str = "┤"
    head_right: str = "▶"
    head_left: str = "◀"
    act: str = "●"
    fault: str = "✖"
    rise: str = "○"
    lost: str = "╳"  # noqa: RUF001  (a drawing character)
    good: str = "✓"
    bad: str = "✗"
    doubt: str = "?"
    becomes: str = "→"


ASCII = Glyphs("|", ":", "-", "+", "|", "|", ">", "<", "*", "X", "o", "x", "+", "x", "?", "->")


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a report goes. Columns; whether it shows colours; and what it draws with."""

    width: int = 80
    colour: bool = False
    glyphs: Glyphs = field(default_factory=Glyphs)

    def render(self, lines: Iterable[Line]) -> str:
        """Return the text of the lines, without blanks at their ends."""
        return "\n".join(self._painted(line) for line in lines)

    def _painted(self, line: Line) -> str:
        if not self.colour:
            return "".join(span.text for span in line).rstrip()
        return "".join(paint(span.text, span.role) for span in line).rstrip()


def paint(text: str, role: Role) -> str:
    """Return the text as a terminal with colours shows it in this role."""
    return f"\x1b[{role.value}m{text}\x1b[0m" if role.value and text.strip() else text


def screen_of(stream: TextIO, environment: Mapping[str, str] = os.environ, width: int | None = None) -> Screen:
    """Return the screen behind a stream: colours only on a terminal (unless FORCE_COLOR) and never under NO_COLOR."""
    terminal = stream.isatty()
    colour = (terminal or bool(environment.get("FORCE_COLOR"))) and not environment.get("NO_COLOR")
    columns = width or (shutil.get_terminal_size((80, 24)).columns if terminal else int_of(environment.get("COLUMNS")) or 80)
    dumb = environment.get("TERM") == "dumb"
    return Screen(min(max(columns, NARROWEST), WIDEST), colour and not dumb, Glyphs() if _draws(stream) else ASCII)


def int_of(text: str | None) -> int | None:
    """Return the number that a variable of the environment holds, or None."""
    return int(text) if text and text.isdecimal() else None


def _draws(stream: TextIO) -> bool:
    """Say whether the stream's encoding has the drawing characters."""
    try:
        "".join(getattr(Glyphs(), name) for name in Glyphs.__slots__).encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def line(*pieces: str | Span) -> Line:
    """Return a line of these pieces; plain strings are spans in no particular role."""
    return tuple(Span(piece) if isinstance(piece, str) else piece for piece in pieces)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Return the text in lines of at most `width` columns, later ones indented; a value too long for a line is broken.

    A number stays with the word before it, so that `Server 2` is never torn apart.
    """
    lines, room = [""], max(width, 8)
    for word in re.split(r"(?<![,;]) +(?!\d)|(?<=[,;]) +|\n", text.strip()):
        for part in _parts(word, room - len(indent)):
            glued = f"{lines[-1]}{'' if lines[-1] in {'', indent} or part.glued else ' '}{part.text}"
            if len(glued) <= room or lines[-1].strip() == "":
                lines[-1] = glued
            else:
                lines.append(indent + part.text)
    return lines


@dataclass(frozen=True, slots=True)
class _Part:
    """A word, or a piece of one; `glued` to the piece before it."""

    text: str
    glued: bool


def _parts(word: str, room: int) -> list[_Part]:
    """Break a word that is longer than a line: after its brackets and signs, or anywhere where it has none."""
    if len(word) <= room:
        return [_Part(word, glued=False)]
    pieces = [p[i : i + room] for p in re.findall(r"[^(\[{,=._]*[(\[{,=._]*", word) if p for i in range(0, len(p), room)]
    return [_Part(piece, glued=i > 0) for i, piece in enumerate(pieces)]
