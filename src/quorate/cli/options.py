"""The options that say which configuration of a model is meant: the same for every command that runs one."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, TypedDict, TypeVar, cast

import click

from quorate.cli import completion
from quorate.cli.streams import remark
from quorate.cli.values import Named, assignments, budgets
from quorate.explorer.check import Request
from quorate.language.declare import FULLS, ORDERS

if TYPE_CHECKING:
    from quorate.language.declare import Full, Order

F = TypeVar("F", bound=Callable[..., object])


class Chosen(TypedDict):
    """What the options of `configuration` give a command."""

    name: str
    preset: str | None
    settings: tuple[str, ...]
    faults: str | None
    network: str | None
    capacity: int | None
    full: str | None
    properties: tuple[str, ...]


OPTIONS: tuple[Callable[..., Callable[..., object]], ...] = (
    click.argument("name", shell_complete=completion.models),
    click.option("--preset", metavar="P", shell_complete=completion.presets, help="The preset's name; `all` for every one."),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        shell_complete=completion.parameters,
        help="Give a parameter another value (names in any case).",
    ),
    click.option(
        "--faults",
        metavar="LIST",
        shell_complete=completion.faults,
        help="Such as `crash=1,drop=any`, `crash=1 of servers`, or `none`.",
    ),
    click.option("--network", type=Named(ORDERS), help="How messages travel."),
    click.option("--capacity", type=click.IntRange(min=1), metavar="N", help="How many messages may be in flight."),
    click.option("--full", type=Named(FULLS), help="What a step is that sends more: an error, or one that a limit stops."),
    click.option(
        "--property",
        "properties",
        multiple=True,
        metavar="P",
        shell_complete=completion.properties,
        help="Answer only this property; may be given several times.",
    ),
)


def configuration(command: F) -> F:
    """Add the options that choose a model and its configuration: `Chosen`."""
    return cast(
        "F", reduce(lambda function, option: option(function), reversed(OPTIONS), cast("Callable[..., object]", command))
    )


def request(chosen: Chosen) -> Request:
    """Return what to check, with everything else as it is by default. Errors: UsageError."""
    return Request(
        model=chosen["name"],
        preset=chosen["preset"],
        parameters=assignments(chosen["settings"]),
        faults=budgets(chosen["faults"]),
        network=cast("Order | None", chosen["network"]),
        capacity=chosen["capacity"],
        full=cast("Full | None", chosen["full"]),
        properties=chosen["properties"],
        announce=_announcer(),
    )


def _announcer() -> Callable[[str], None]:
    """Return what says, once, why a search will be slow: before it, when it can still be left."""
    said: set[str] = set()

    def announce(slow: str) -> None:
        if slow not in said:
            said.add(slow)
            remark(f"the reference engine runs this, up to a thousand times slower than the native one: {slow}")

    return announce
