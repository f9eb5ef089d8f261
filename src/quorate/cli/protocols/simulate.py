"""`quorate simulate`: seeded random walks, and the shrunk story of what they find."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack, cast

import click

from quorate.cli import output
from quorate.cli.formats import FORMATS, TEXT
from quorate.cli.options import Chosen, configuration, request
from quorate.cli.streams import emit
from quorate.cli.values import DURATION, Named
from quorate.explorer.contract.engine import Limits
from quorate.explorer.walks.simulate import Plan
from quorate.explorer.walks.simulate import simulate as walk
from quorate.language.errors import UsageError
from quorate.report.documents.document import simulated, text
from quorate.report.progress import observing
from quorate.report.terminal.walks import summary, walks

if TYPE_CHECKING:
    from quorate.explorer.check import EngineName

ENGINES = ("auto", "native", "reference")


class Asked(Chosen):
    """All options of `simulate`."""

    walks: int
    depth: int
    seed: int
    no_shrink: bool
    engine: str
    time: float | None
    save: str | None
    html: str | None
    shape: str
    as_json: bool
    quiet: bool


@click.command()
@configuration
@click.option("--walks", type=click.IntRange(min=1), default=1000, show_default=True, metavar="N", help="How many walks.")
@click.option(
    "--depth", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="Steps of a walk at most."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Equal seeds give equal walks.")
@click.option("--no-shrink", is_flag=True, help="Show the walk as it was found.")
@click.option("--engine", type=Named(ENGINES), default="auto", show_default=True, help="What walks.")
@click.option("--time", type=DURATION, metavar="TIME", help="Stop after this time: `30s`, `5m`.")
@click.option("--save", metavar="FILE", help="Save the trace as JSON.")
@click.option("--html", metavar="FILE", help="Draw the traces as a page for a browser.")
@click.option("--format", "shape", type=Named(FORMATS), default=TEXT, show_default=True, help="How the trace is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON (docs/simulation.schema.json).")
@click.option("--quiet", "-q", is_flag=True, help="Print one line only, and no progress.")
def simulate(**options: Unpack[Asked]) -> int:
    """Walk at random through the protocol NAME, and shrink what is found until no step can be left out.

    A walk that finds nothing claims nothing: the exit code is then 3.
    """
    if options["as_json"] and options["shape"] != TEXT:
        raise UsageError("`--json` and `--format` both want stdout: give one of them")
    people = output.output(aside=options["as_json"] or options["shape"] != TEXT)
    asked = replace(request(options), engine=cast("EngineName", options["engine"]), limits=Limits(seconds=options["time"]))
    plan = Plan(walks=options["walks"], depth=options["depth"], seed=options["seed"], shrink=not options["no_shrink"])
    with observing(sys.stderr, quiet=options["quiet"]) as observer:
        found = walk(asked, plan, observer)
    traces = [found.trace] if found.trace else []
    if not options["quiet"]:
        people.say(walks(found, people.screen))
    if options["shape"] != TEXT or not options["quiet"]:
        output.show(traces, options["shape"], people)
    if options["save"]:
        output.save(traces, options["save"])
    if options["html"]:
        output.save_pages(traces, options["html"])
    if options["as_json"]:
        emit(text(simulated(found)))
    people.write(summary(found) if options["quiet"] else f"\n{summary(found)}")
    return found.exit_code
