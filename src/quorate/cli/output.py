"""Where a command's words go: results to stdout, remarks to stderr; and traces in the format asked for.

Where stdout is for a program (`--json`, or a format that is not text), what people read goes to stderr.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from quorate.cli.formats import TEXT, written
from quorate.cli.streams import emit, remark, say
from quorate.explorer.traces.trace_file import write_trace
from quorate.language.errors import UsageError
from quorate.report.screen import screen_of
from quorate.report.terminal.account import account

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.contract.coverage import Coverage
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.contract.verdict import Result
    from quorate.report.screen import Line, Screen


@dataclass(frozen=True, slots=True)
class Output:
    """The stream that people read, and how wide and colourful it is."""

    stream: TextIO
    screen: Screen

    def say(self, lines: Iterable[Line]) -> None:
        """Print lines for people."""
        self.write(self.screen.render(lines))

    def write(self, words: str) -> None:
        """Print text as it is; what the stream's encoding lacks is escaped."""
        say(words, self.stream)


def output(*, aside: bool) -> Output:
    """Return where people read: stdout, or stderr where stdout is for a program (`aside`)."""
    stream = sys.stderr if aside else sys.stdout
    return Output(stream, screen_of(stream))


def show(traces: Sequence[Trace], chosen: str, people: Output) -> None:
    """Print the traces for people; or, in a format for programs, the first one, and a remark that names the others."""
    if chosen == TEXT:
        for trace in traces:
            people.say([(), *account(trace, people.screen)])
        return
    if not traces:
        remark("there is no trace to show")
        return
    emit(written(traces[0], chosen))
    if len(traces) > 1:
        others = ", ".join(f"`{trace.name}`" for trace in traces[1:])
        remark(f"this is the trace of `{traces[0].name}`; there is one of {others}, too: choose with `--property`")


def save(traces: Sequence[Trace], file: str, presets: Sequence[str] = ()) -> None:
    """Write the traces as JSON, one to a file; those of several presets, each with its preset's name."""
    for trace, path in _files(traces, file, presets):
        write_trace(trace, path)
        remark(f"the trace of `{trace.name}` is saved in {path}: `quorate trace {path}` shows it")


def save_pages(traces: Sequence[Trace], file: str, other: Trace | None = None, presets: Sequence[str] = ()) -> None:
    """Write each trace as a page for a browser; beside `other`, to compare the two."""
    from quorate.report.pages.viewer import page  # noqa: PLC0415  (templates are for those who want a page)

    for trace, path in _files(traces, file, presets):
        try:
            path.write_text(page(trace, other), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"the page cannot be saved to `{path}`: {error.strerror}") from None
        remark(f"the trace of `{trace.name}` is drawn in {path}: open it in a browser")


def save_coverage(result: Result, coverage: Coverage, file: str, preset: str | None) -> None:
    """Write what a search ran as a page; of several presets each to its own file."""
    from quorate.report.spaces.coverage_page import page  # noqa: PLC0415  (templates are for those who want a page)

    path = Path(file)
    path = path.with_name(f"{path.stem}.{preset}{path.suffix}") if preset else path
    try:
        path.write_text(page(result, coverage), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the page cannot be saved to `{path}`: {error.strerror}") from None
    remark(f"what ran is shown in {path}: open it in a browser")


def _files(traces: Sequence[Trace], file: str, presets: Sequence[str]) -> list[tuple[Trace, Path]]:
    """Return where each trace goes: one to `file`, several to `file` with preset and property before its suffix."""
    path = Path(file)
    if not traces:
        remark(f"there is no trace to save: `{path}` is not written")
    if len(traces) == 1:
        return [(traces[0], path)]
    names = [trace.name.strip("()") for trace in traces]
    named = [f"{preset.replace('/', '_')}.{name}" for preset, name in zip(presets, names, strict=True)] if presets else names
    return [(trace, path.with_name(f"{path.stem}.{name}{path.suffix}")) for trace, name in zip(traces, named, strict=True)]
