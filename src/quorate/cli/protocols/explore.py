"""`quorate explore`: a walk through a model by hand, on a page that this machine alone can open, or in the terminal."""

from __future__ import annotations

import sys
from typing import Unpack

import click

from quorate.cli import output
from quorate.cli.options import Chosen, configuration, request
from quorate.explorer.check import configure
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.walks.excursion import Excursion
from quorate.language.errors import UsageError


class Asked(Chosen):
    """All options of `explore`."""

    as_text: bool
    port: int | None
    browse: bool


@click.command()
@configuration
@click.option("--text", "as_text", is_flag=True, help="In the terminal, with commands from stdin (`help` lists them).")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Serve the page there; by default on any free port.")
@click.option("--open", "browse", is_flag=True, help="Open the page in a browser.")
def explore(**options: Unpack[Asked]) -> int:
    """Walk through the protocol NAME step by step: pick what happens, see what it changes and which properties hold.

    The page is served on 127.0.0.1 until Ctrl-C; its address holds a key that nobody else has.
    """
    if options["as_text"] and (options["port"] or options["browse"]):
        raise UsageError("`--text` serves no page: leave out `--port` and `--open`")
    made = configure(request(options))
    excursion = Excursion(ReferenceEngine(made.model, made.setting, made.program))
    people = output.output(aside=False)
    if options["as_text"]:
        from quorate.cli.protocols.dialogue import Dialogue  # noqa: PLC0415  (the page needs none of it)

        return Dialogue(excursion, people).hold(sys.stdin)
    from quorate.cli.protocols.server import serve  # noqa: PLC0415  (starts an ASGI server)

    serve(excursion, options["port"] or 0, people, browse=options["browse"])
    return 0
