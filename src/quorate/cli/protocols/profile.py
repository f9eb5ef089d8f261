"""`quorate profile`: which steps and fields make a state space grow, and which bound to lower first."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

import click

from quorate.cli import output
from quorate.cli.options import Chosen, configuration, request
from quorate.cli.streams import remark
from quorate.cli.values import DURATION, Named
from quorate.explorer.space.profile import Plan
from quorate.explorer.space.profile import profile as measure
from quorate.language.errors import UsageError
from quorate.report.progress import observing
from quorate.report.spaces.profile import account
from quorate.report.spaces.profile_svg import svg as plot

if TYPE_CHECKING:
    from quorate.explorer.check import EngineName

PLAN = Plan()
ENGINES = ("auto", "native", "reference")


class Asked(Chosen):
    """All options of `profile`."""

    max_states: int
    time: float
    no_tries: bool
    engine: str
    svg: str | None
    quiet: bool


@click.command()
@configuration
@click.option(
    "--max-states",
    type=click.IntRange(min=1),
    default=PLAN.states,
    show_default=True,
    metavar="N",
    help="How many states the tables are made of.",
)
@click.option("--time", type=DURATION, default=PLAN.seconds, show_default=True, metavar="TIME", help="Of each search: `30s`.")
@click.option("--no-tries", is_flag=True, help="Lower no bounds: no advice, and the answer at once.")
@click.option("--engine", type=Named(ENGINES), default="auto", show_default=True, help="What searches.")
@click.option("--svg", metavar="FILE", help="Plot states by depth, step and field.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
def profile(**options: Unpack[Asked]) -> int:
    """Say what makes the state space of the protocol NAME grow: by depth, step, field and message.

    Each number of the configuration is then lowered by one and the space is searched again, to say which to lower first.
    """
    asked = replace(request(options), engine=cast("EngineName", options["engine"]))
    plan = Plan(states=options["max_states"], seconds=options["time"], tries=not options["no_tries"])
    with observing(sys.stderr, quiet=options["quiet"]) as observer:
        found = measure(asked, plan, observer)
    people = output.output(aside=False)
    people.say(account(found, people.screen))
    if options["svg"]:
        try:
            Path(options["svg"]).write_text(plot(found), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"the plot cannot be saved to `{options['svg']}`: {error.strerror}") from None
        remark(f"the plot is in {options['svg']}")
    return 3 if found.whole.cut else 0
