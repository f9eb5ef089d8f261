"""The command line: every command, how errors look, and the exit codes.

Results go to stdout, progress and remarks to stderr. Exit codes: 0 as expected, 1 not, 2 a wrong command or model, 3 undecided.
Read next: `group.py`, where a command is added; `check.py`, the main one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from quorate.cli.group import Commands
from quorate.language.errors import QuorateError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 3  # undecided: nothing is claimed


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def quorate() -> None:
    """Check replication protocols: every interleaving, crash and fault, and quorum theorems for any number of nodes."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: whatever is wrong with the user's input is one message, never a traceback."""
    sys.exit(run(list(arguments) if arguments is not None else None))


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        returned: object = quorate.main(arguments, prog_name="quorate", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        return 2
    except click.ClickException as error:
        click.echo(f"error: {_reworded(error)}", err=True)
        return 2
    except QuorateError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: nothing is claimed", err=True)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has seen enough; the interpreter must not fail over it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return returned if isinstance(returned, int) else 0


def _reworded(error: click.ClickException) -> str:
    """Return click's message in the house's form: lower case, names in back-ticks, where to read more."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    more = f"\n  `{context.command_path} --help` lists what there is" if context else ""
    if isinstance(error, click.NoSuchOption):
        known = [o for p in context.command.get_params(context) for o in p.opts if o.startswith("--")] if context else []
        return f"there is no option `{error.option_name}`{did_you_mean(error.option_name, known)}{more}"
    text = error.format_message().replace("'", "`").rstrip(".")
    return f"{text[:1].lower()}{text[1:]}{more}"
