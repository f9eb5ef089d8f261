"""The group of all commands, each imported only when it is run: `quorate --help` loads none of them.

A command is added as one row of `TABLE`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

import click

from quorate.language.errors import UsageError, did_you_mean


class Row(NamedTuple):
    """Where a command is, and what `quorate --help` says of it."""

    module: str
    name: str
    help: str


TABLE: dict[str, Row] = {
    "check": Row("quorate.cli.protocols.check", "check", "Search every state of a protocol and answer its properties."),
    "simulate": Row("quorate.cli.protocols.simulate", "simulate", "Walk at random through a space too large to search."),
    "trace": Row("quorate.cli.protocols.trace", "trace", "Show a saved trace, after running it again."),
    "explain": Row("quorate.cli.protocols.explain", "explain", "Explain a saved trace in sentences."),
    "explore": Row("quorate.cli.protocols.explore", "explore", "Walk through a protocol by hand, step by step."),
    "graph": Row("quorate.cli.protocols.graph", "graph", "Draw a small state space, or a large one condensed."),
    "profile": Row("quorate.cli.protocols.profile", "profile", "Say what makes a state space grow, and which bound to lower."),
    "list": Row("quorate.cli.protocols.catalogue", "list_models", "List the protocols that come with Quorate."),
    "show": Row("quorate.cli.protocols.catalogue", "show_model", "Show a model's parameters, processes, properties, presets."),
    "quorum": Row("quorate.cli.quorum", "quorum", "Prove and measure quorum systems of any size."),
    "prove": Row("quorate.cli.prove", "prove", "Prove a protocol's invariant for any number of nodes."),
    "history": Row("quorate.cli.history", "history", "Judge what clients recorded of a real system: is it linearizable?"),
    "version": Row("quorate.cli.version", "version", "Print the version."),
    "completion": Row("quorate.cli.completion", "completion", "Print the script that completes commands in a shell."),
}


class Commands(click.Group):
    """A group that knows its commands by `TABLE` and suggests the nearest one for a wrong name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click hands it)
        return [name for name, row in TABLE.items() if find_spec(row.module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        row = TABLE[cmd_name]
        command = getattr(import_module(row.module), row.name)
        assert isinstance(command, click.Command), row
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise UsageError(
                f"there is no command `{args[0]}`{did_you_mean(args[0], known)}\n  `quorate --help` lists them all"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, TABLE[name].help) for name in self.list_commands(ctx)])
