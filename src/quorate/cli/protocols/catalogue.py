"""`quorate list` and `quorate show`: what there is to check."""

from __future__ import annotations

import click

from quorate.cli import completion
from quorate.cli.output import output
from quorate.cli.values import assignments
from quorate.explorer.check import loaded
from quorate.language.loading.load import load, shipped
from quorate.report.terminal.catalogue import card, shelf


@click.command("list")
def list_models() -> None:
    """List the protocols that come with Quorate, by chapter."""
    people = output(aside=False)
    people.say(shelf(shipped(), people.screen))


@click.command("show")
@click.argument("name", shell_complete=completion.models)
@click.option("--preset", metavar="P", shell_complete=completion.presets, help="With this preset's parameters.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", shell_complete=completion.parameters)
def show_model(name: str, preset: str | None, settings: tuple[str, ...]) -> None:
    """Show what the model NAME declares: parameters, processes, messages, steps, properties, presets."""
    people = output(aside=False)
    given = assignments(settings)
    model = loaded(name, preset, given)[0] if preset else load(name, **given)
    people.say(card(model, people.screen))
