"""What lies outside a model: the files that a command reads, and the streams of the process that executes a model."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

MEGABYTES = 64  # far more than any model, cluster or trace that somebody could read


def text_of(path: Path) -> str:
    """Return the text of a file or pipe, its lines ended as in Python, without a byte order mark.

    Errors: OSError, UnicodeDecodeError; UsageError where it goes on and on, as `/dev/zero` does.
    """
    most = MEGABYTES * 2**20
    with path.open("rb") as file:
        read = file.read(most + 1)
    if len(read) > most:
        raise UsageError(f"`{path}` is not read: it has more than {MEGABYTES} MB")
    return io.StringIO(read.decode("utf-8-sig"), newline=None).read()


class Lent(io.TextIOBase):
    """A model's stdout and stderr while it is executed: what it prints is a remark, and to close this closes nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.stderr = sys.stderr

    def write(self, text: str, /) -> int:
        """Say it on the stderr of whoever loads the model, if that has one."""
        return self.stderr.write(text) if self.stderr else len(text)

    def writable(self) -> bool:
        return True


@contextmanager
def lent_streams() -> Generator[None]:
    """Keep stdout for the answer, whatever a model prints, closes or replaces while it is executed; nothing can be asked."""
    own = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), Lent(), Lent()
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = own
