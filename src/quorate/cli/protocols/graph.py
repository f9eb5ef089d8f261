"""`quorate graph`: a small state space as a picture, or a large one condensed to chosen fields."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from quorate.cli.options import Chosen, configuration, request
from quorate.cli.streams import emit, remark
from quorate.cli.values import DURATION, Named
from quorate.explorer.check import configure
from quorate.explorer.contract.engine import Limits
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.space.graph import graph_of
from quorate.explorer.space.space import space_of
from quorate.language.errors import UsageError
from quorate.report.progress import observing
from quorate.report.spaces.graph import caption, dot, graphml
from quorate.report.spaces.graph_svg import svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.space.graph import Graph

WRITERS: dict[str, Callable[[Graph], str]] = {"dot": dot, "graphml": graphml, "svg": svg}
MOST_NODES, MOST_SEARCHED = 500, 20_000


class Asked(Chosen):
    """All options of `graph`."""

    shape: str | None
    out: str | None
    project: str | None
    max_states: int | None
    max_nodes: int
    max_depth: int | None
    time: float | None
    quiet: bool


@click.command()
@configuration
@click.option("--format", "shape", type=Named(tuple(WRITERS)), help="By default as FILE ends, else `dot`.")
@click.option("--out", metavar="FILE", help="Where to write it; by default to stdout.")
@click.option("--project", metavar="FIELDS", help="Condense the states to these fields: `role,Server.term,flight,down,cut`.")
@click.option(
    "--max-states",
    type=click.IntRange(min=1),
    metavar="N",
    help="Refuse a larger space [500]; with --project, stop there [20000].",
)
@click.option(
    "--max-nodes", type=click.IntRange(min=1), default=MOST_NODES, show_default=True, metavar="N", help="Of a condensed graph."
)
@click.option("--max-depth", type=click.IntRange(min=0), metavar="N", help="Draw the states to this depth.")
@click.option("--time", type=DURATION, metavar="TIME", help="Stop after this time: `30s`, `5m`.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
def graph(**options: Unpack[Asked]) -> int:
    """Draw the states of the protocol NAME and the steps between them.

    A row for each depth; red violates a property, green witnesses one, grey is terminal, orange stuck. A space of more than
    --max-states is refused, unless --project condenses it.
    """
    shape = _shape(options)
    drawn = _drawn(options)
    text = WRITERS[shape](drawn)
    if options["out"] is None:
        emit(text.removesuffix("\n"))
    else:
        _write(text, Path(options["out"]))
    remark(caption(drawn) + (f", in {options['out']}" if options["out"] else ""))
    return 3 if drawn.cut and drawn.cut != "depth" else 0


def _shape(options: Asked) -> str:
    if options["shape"]:
        return options["shape"]
    ending = Path(options["out"] or "").suffix.removeprefix(".")
    if ending in {"", *WRITERS}:
        return ending or "dot"
    raise UsageError(f"`--out {options['out']}` does not say the format: give `--format`, one of {', '.join(WRITERS)}")


def _drawn(options: Asked) -> Graph:
    """Return the graph. Errors: UsageError where there is more than can be drawn."""
    fields = [f.strip() for f in (options["project"] or "").split(",") if f.strip()]
    most = options["max_states"] or (MOST_SEARCHED if fields else MOST_NODES)
    asked = configure(request(options))
    engine = ReferenceEngine(asked.model, asked.setting, asked.program)
    with observing(sys.stderr, quiet=options["quiet"]) as observer:
        limits = Limits(states=most, depth=options["max_depth"], seconds=options["time"])
        space = space_of(engine, limits, observer)
    if space.cut == "states" and not fields:
        raise UsageError(
            f"`{options['name']}` has more than {most:,} states, too many to draw: `--project FIELD,...` condenses them, "
            "`--max-depth N` draws the first, and `--max-states N` allows more"
        )
    drawn = graph_of(engine, space, fields)
    if fields and len(drawn.nodes) > options["max_nodes"]:
        raise UsageError(
            f"condensed to {', '.join(fields)} there are {len(drawn.nodes):,} nodes, too many to draw: "
            "name fewer fields, or allow more with `--max-nodes`"
        )
    return drawn


def _write(text: str, path: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the graph cannot be saved to `{path}`: {error.strerror}") from None
