"""The one exception tree, the exit codes, and the one way an error about somebody's source looks.

Read next: `declare.py`, what a model is written with.
"""

from __future__ import annotations

import difflib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable


WIDEST = 160  # characters of a line that are shown


class QuorateError(Exception):
    """Whatever Quorate says instead of an answer: shown without a traceback; the class holds the exit code."""

    exit_code: ClassVar[int] = 2


class Defect(QuorateError):
    """Quorate itself is wrong, never the input: nothing is claimed, and it should be reported."""

    exit_code: ClassVar[int] = 4


class UsageError(QuorateError):
    """A command, option, parameter or file that cannot be what was meant."""


class Located(QuorateError):
    """What is wrong at a place in somebody's file, where that shows. `remedy` says what to write instead."""

    def __init__(self, what: str, where: Place | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.where and self.where.text:
            indent = "    "
            shown = self.where.text.rstrip("\n").expandtabs(1)
            stripped = shown.lstrip()
            column = max(0, self.where.column - 1 - (len(shown) - len(stripped)))
            start = max(0, column - WIDEST // 2) if len(stripped) > WIDEST else 0  # of a long line, what stands near
            lines += [indent + stripped[start : start + WIDEST], indent + " " * (column - start) + "^"]
        if self.remedy:
            lines.append(f"  {self.remedy}")
        return "\n".join(lines)


class ModelError(Located):
    """A model that cannot be checked, with the place in its source where that shows."""


class HistoryError(Located):
    """A recorded history that cannot be judged, with the place in its file."""


class Unsupported(ModelError):
    """Sound Python that has no C meaning: `--engine native` refuses it, `--engine auto` runs the reference engine."""

    def at(self, where: Place | None) -> Unsupported:
        """Return the same refusal, at this place where it had none."""
        self.where = self.where or where
        return self


@contextmanager
def nesting() -> Generator[None]:
    """Say of a model that is nested more deeply than Python's own stack that it is. Errors: ModelError."""
    try:
        yield
    except RecursionError:
        remedy = "write long expressions as several statements, and long chains of helpers as fewer"
        raise ModelError("the model is nested too deeply to be read", None, remedy) from None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in somebody's source; lines and columns count from 1; `text` is that line."""

    file: str
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean `x`?)` for the nearest known name, or an empty string."""
    by_fold = {k.casefold(): k for k in known}
    near = difflib.get_close_matches(name.casefold(), by_fold, n=1)
    return f" (did you mean `{by_fold[near[0]]}`?)" if near else ""
