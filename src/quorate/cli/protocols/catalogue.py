"""`quorate list` and `quorate show`: what there is to check."""

from __future__ import annotations

import click

from quorate.cli import completion
from quorate.cli.output import output
from quorate.cli.streams import emit
from quorate.cli.values import assignments
from quorate.explorer.check import loaded
from quorate.language.loading.load import load, shipped
from quorate.language.lowering.lower import lower
from quorate.report.documents.document import VERSION, text
from quorate.report.documents.model import described, typed
from quorate.report.terminal.catalogue import card, shelf
from quorate.report.terminal.types import types_card


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print names and files as JSON.")
def list_models(*, as_json: bool) -> None:
    """List the protocols that come with Quorate, by chapter."""
    if as_json:
        models = [{"name": name, "folder": path.parent.name, "path": str(path)} for name, path in shipped().items()]
        emit(text({"version": VERSION, "models": models}))
        return
    people = output(aside=False)
    people.say(shelf(shipped(), people.screen))


@click.command("show")
@click.argument("name", shell_complete=completion.models)
@click.option("--preset", metavar="P", shell_complete=completion.presets, help="With this preset's parameters.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", shell_complete=completion.parameters)
@click.option("--types", "inferred", is_flag=True, help="Show the type and bounds of every field and local, as inferred.")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON (docs/model.schema.json).")
def show_model(name: str, preset: str | None, settings: tuple[str, ...], *, inferred: bool, as_json: bool) -> None:
    """Show what the model NAME declares: parameters, processes, messages, steps, properties, presets."""
    given = assignments(settings)
    model = loaded(name, preset, given)[0] if preset else load(name, **given)
    program = lower(model) if inferred else None
    if as_json:
        emit(text({**described(model), **({"types": typed(program)} if program else {})}))
        return
    people = output(aside=False)
    people.say(card(model, people.screen))
    if program:
        people.say([(), *types_card(program, people.screen)])
