"""Where a command's words go: results to stdout, remarks to stderr; and traces in the format asked for.

Where stdout is for a program (`--json`, or a format that is not text), what people read goes to stderr.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from quorate.explorer.trace_file import to_json, write_trace
from quorate.report.account import account
from quorate.report.document import text
from quorate.report.itf import itf
from quorate.report.mermaid import mermaid
from quorate.report.screen import screen_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from quorate.cli.options import Format
    from quorate.explorer.trace import Trace
    from quorate.report.screen import Line, Screen

WRITERS: dict[Format, Callable[[Trace], str]] = {
    "mermaid": mermaid,
    "itf": lambda trace: text(itf(trace)),
    "json": lambda trace: text(to_json(trace)),
}


@dataclass(frozen=True, slots=True)
class Output:
    """The stream that people read, and how wide and colourful it is."""

    stream: TextIO
    screen: Screen

    def say(self, lines: Iterable[Line]) -> None:
        """Print lines for people."""
        self.write(self.screen.render(lines))

    def write(self, words: str) -> None:
        """Print text as it is; what the stream's encoding lacks becomes `?`."""
        encoding = self.stream.encoding or "utf-8"
        click.echo(words.encode(encoding, "replace").decode(encoding), file=self.stream, color=self.screen.colour)


def output(*, aside: bool) -> Output:
    """Return where people read: stdout, or stderr where stdout is for a program (`aside`)."""
    stream = sys.stderr if aside else sys.stdout
    return Output(stream, screen_of(stream))


def remark(words: str) -> None:
    """Say something about the command itself, on stderr."""
    click.echo(words, err=True)


def show(traces: Sequence[Trace], chosen: Format, people: Output) -> None:
    """Print the traces for people; or, in a format for programs, the first one, and a remark that names the others."""
    if chosen == "text":
        for trace in traces:
            people.say([(), *account(trace, people.screen)])
        return
    if not traces:
        remark("there is no trace to show")
        return
    click.echo(WRITERS[chosen](traces[0]))
    if len(traces) > 1:
        others = ", ".join(f"`{trace.name}`" for trace in traces[1:])
        remark(f"this is the trace of `{traces[0].name}`; there is one of {others}, too: choose with `--property`")


def save(traces: Sequence[Trace], file: str) -> None:
    """Write the traces to files: the one to `file`, several to `file` with the property's name before its suffix."""
    if not traces:
        remark(f"there is no trace to save: `{file}` is not written")
    for trace in traces:
        path = Path(file)
        target = path if len(traces) == 1 else path.with_name(f"{path.stem}.{trace.name.strip('()')}{path.suffix or '.json'}")
        write_trace(trace, target)
        remark(f"the trace of `{trace.name}` is saved in {target}: `quorate trace {target}` shows it")
