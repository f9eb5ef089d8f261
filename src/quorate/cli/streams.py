"""The process's streams, made safe before a command runs: what cannot be shown is escaped, what cannot be written is said.

Words for people go through the stream's own encoding, and what it lacks is escaped; words for programs are UTF-8 whatever the
locale. stdout is the result, so losing it ends the command; stderr is remarks, so losing them changes nothing.
"""

from __future__ import annotations

import io
import os
import select
import sys
from typing import TYPE_CHECKING, ClassVar, TextIO

from quorate.language.errors import QuorateError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

ESCAPED = "backslashreplace"


class Unwritten(QuorateError):
    """Part of the result could not be written."""

    exit_code: ClassVar[int] = 2


class Unread(Unwritten):
    """Who reads the result, `head` say, has seen enough: nothing is wrong, and nothing is claimed."""

    exit_code: ClassVar[int] = 3


class Channel(io.RawIOBase):
    """A file descriptor that takes everything after its first failure, so that the interpreter's last flush is quiet."""

    def __init__(self, descriptor: int, *, forgiving: bool) -> None:
        self.descriptor = descriptor
        self.forgiving = forgiving
        self.failed = False

    def write(self, data: Buffer, /) -> int:
        """Write some of the bytes. Errors: Unwritten, once, unless it is forgiving."""
        if self.failed:
            return memoryview(data).nbytes
        try:
            return self._write(data)
        except OSError as error:
            self.failed = True
            if self.forgiving:
                return memoryview(data).nbytes
            if isinstance(error, BrokenPipeError):
                raise Unread("the reader of the output has gone") from None
            raise Unwritten(f"the output cannot be written: {(error.strerror or str(error)).lower()}") from None

    def _write(self, data: Buffer) -> int:
        while True:
            try:
                return os.write(self.descriptor, data)
            except BlockingIOError:  # a pipe that somebody else made non-blocking
                select.select([], [self.descriptor], [])

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def isatty(self) -> bool:
        return os.isatty(self.descriptor)


def settle() -> None:
    """Make stdout and stderr safe, where they are the process's own: a test's or a notebook's are its business."""
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        sys.stdout = _settled(sys.stdout, forgiving=False)
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _settled(sys.stderr, forgiving=True)


def _settled(stream: TextIO | None, *, forgiving: bool) -> TextIO:
    if stream is None:  # it was closed before the process began
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  (it lasts as long as the process)
    if not isinstance(stream, io.TextIOWrapper) or isinstance(getattr(stream.buffer, "raw", None), Channel):
        return stream
    channel = Channel(stream.fileno(), forgiving=forgiving)
    lines = forgiving or stream.line_buffering
    return io.TextIOWrapper(io.BufferedWriter(channel), stream.encoding, ESCAPED, line_buffering=lines)


def say(words: str, stream: TextIO | None = None) -> None:
    """Print a text for people, by default on stdout; what the stream's encoding lacks is escaped."""
    chosen = stream or sys.stdout
    encoding = chosen.encoding or "utf-8"
    print(words.encode(encoding, ESCAPED).decode(encoding), file=chosen)


def remark(words: str) -> None:
    """Say something about the command itself, on stderr."""
    say(words, sys.stderr)


def emit(words: str) -> None:
    """Print a text for programs: UTF-8 whatever the locale. (In JSON the escape of half a surrogate pair is its own.)"""
    data = f"{words}\n".encode(errors=ESCAPED)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    else:
        sys.stdout.write(data.decode())
