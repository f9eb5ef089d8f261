"""A file's lines, one after another, and places in them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError, Place, UsageError
from quorate.properties.histories.record.values import Unfit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping


@dataclass
class Lines:
    """The lines of one file, held open by nobody but this; `number` is that of the line given last, from 1."""

    file: str
    source: Iterator[str]
    number: int = 0
    kept: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.kept.pop() if self.kept else next(self.source)
        self.number += 1
        return line

    def back(self, line: str) -> None:
        """Give a line again."""
        self.kept.append(line)
        self.number -= 1

    def place(self, text: str, column: int, number: int | None = None) -> Place:
        """Return a place in a line, columns from 1."""
        return Place(self.file, number or self.number, column, text)


@contextmanager
def opened(file: str) -> Generator[Lines]:
    """Open a recording. Errors: UsageError, for a file that cannot be read, or is no text."""
    try:
        with Path(file).open(encoding="utf-8-sig") as source:
            yield Lines(file, source)
    except OSError as error:
        raise UsageError(f"the recording `{file}` cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{file}` is no text in UTF-8: a recording is one") from None


@contextmanager
def fields_of(where: Place, at: Mapping[str, Place]) -> Generator[None]:
    """Give what is wrong with a field its place: the field's, or the entry's where there is none."""
    try:
        yield
    except Unfit as wrong:
        raise HistoryError(wrong.remedy, at.get(wrong.what, where)) from None
