"""`quorate explain`: a saved trace in sentences, with the steps that its end does not need."""

from __future__ import annotations

from pathlib import Path

import click

from quorate.cli import output
from quorate.explorer.contract.engine import WALKED
from quorate.explorer.traces.relevance import relevance_of
from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import read_trace
from quorate.language.errors import UsageError
from quorate.report.terminal.explanation import explanation


@click.command()
@click.argument("file", type=click.Path())
@click.option("--save", metavar="FILE", help="Save the trace without the steps that can be left out.")
@click.option("--no-replay", is_flag=True, help="Explain the file as it stands, without running its model again.")
def explain(file: str, save: str | None, no_replay: bool) -> int:
    """Explain the trace saved in FILE: what happened, what was not known, and which steps it takes.

    Each step is left out once, and the others are run again: so what is said of a step that can be left out is found.
    """
    if save and no_replay:
        raise UsageError("`--save` needs the model to run: leave out `--no-replay`")
    trace = read_trace(file)
    again = None if no_replay else replay(trace, Path(file).parent)
    trace = again.trace if again else trace
    relevance = relevance_of(trace, again) if again and trace.name != WALKED else None  # a walk has no end to be needed for
    people = output.output(aside=False)
    people.say(explanation(trace, relevance, people.screen))
    if save:
        output.save([relevance.shorter if relevance else trace], save)
    return 0
