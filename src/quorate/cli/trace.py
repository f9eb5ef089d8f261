"""`quorate trace`: a saved trace, run again through the reference engine and then shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from quorate.cli import output
from quorate.cli.options import FORMATS
from quorate.cli.values import Named
from quorate.explorer.replay import replay
from quorate.explorer.trace_file import read_trace

if TYPE_CHECKING:
    from quorate.cli.options import Format


@click.command()
@click.argument("file", type=click.Path())
@click.option("--format", "shape", type=Named(FORMATS), default="text", show_default=True, help="How the trace is printed.")
@click.option("--no-replay", is_flag=True, help="Show the file as it stands, without running its model again.")
def trace(file: str, shape: str, no_replay: bool) -> int:
    """Show the trace saved in FILE, after running it again: a model that has changed is said, with the first difference."""
    saved = read_trace(file)
    if no_replay:
        output.remark(f"{file} is shown as it stands: it was not run again, and its model may have changed")
    else:
        again = replay(saved, Path(file).parent)
        changed = ", whose source has changed since" if again.changed else ""
        output.remark(f"{file} was run again: its {len(saved.moments)} steps are those of `{saved.origin.model}`{changed}")
    output.show([saved], cast("Format", shape), output.output(aside=shape != "text"))
    return 0
