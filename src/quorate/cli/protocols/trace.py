"""`quorate trace`: a saved trace, run again through the reference engine and then shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from quorate.cli import output
from quorate.cli.formats import FORMATS, TEXT
from quorate.cli.streams import remark
from quorate.cli.values import Named
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import read_trace
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace


@click.command()
@click.argument("file", type=click.Path())
@click.option("--format", "shape", type=Named(FORMATS), default=TEXT, show_default=True, help="How the trace is printed.")
@click.option("--html", metavar="FILE", help="Draw the trace as a page for a browser instead.")
@click.option("--compare", metavar="FILE", help="On the page, beside this other trace.")
@click.option("--no-replay", is_flag=True, help="Show the file as it stands, without running its model again.")
def trace(file: str, shape: str, html: str | None, compare: str | None, no_replay: bool) -> int:
    """Show the trace saved in FILE, after running it again: a model that has changed is said, with the first difference."""
    if compare and not html:
        raise UsageError("`--compare` is for the page: give `--html FILE` as well")
    saved = _read(file, no_replay=no_replay)
    if html:
        output.save_pages([saved], html, _read(compare, no_replay=no_replay) if compare else None)
    else:
        output.show([saved], shape, output.output(aside=shape != TEXT))
    return 0


def _read(file: str, *, no_replay: bool) -> Trace:
    """Return the trace in a file, run again unless that is not wanted, and say which. Errors: UsageError."""
    saved = read_trace(file)
    if no_replay:
        remark(f"{file} is shown as it stands: it was not run again, and its model may have changed")
        return saved
    again = replay(saved, Path(file).parent)
    changed = ", whose source has changed since" if again.changed else ""
    remark(f"{file} was run again: its {len(saved.moments)} steps are those of `{saved.origin.model}`{changed}")
    if again.corrected:
        remark(f"{file} tells them otherwise (causes, messages, texts or places): what is shown is what was found now")
    return again.trace
