"""The command line: every command, how errors look, and the exit codes.

Results go to stdout, progress and remarks to stderr. Exit codes: 0 as expected, 1 not, 2 a wrong command or model, 3 undecided,
4 a defect of Quorate. Read next: `group.py`, where a command is added; `protocols/check.py`, the main one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from quorate.cli.failures import WRONG, failure_of, tell
from quorate.cli.group import Commands
from quorate.cli.streams import Unread, Unwritten, remark, say, settle
from quorate.cli.version import text as version_text

if TYPE_CHECKING:
    from collections.abc import Sequence


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        say(version_text())
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print the version.")
def quorate() -> None:
    """Check replication protocols: every interleaving, crash and fault, and quorum theorems for any number of nodes."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: whatever is wrong with the user's input is one message, never a traceback."""
    sys.exit(run(list(arguments) if arguments is not None else None))


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    settle()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = _answered(words)
        sys.stdout.flush()
    except Unread as gone:
        return gone.exit_code
    except Unwritten as lost:
        remark(f"error: {lost}")
        return lost.exit_code
    return code


def _answered(words: list[str]) -> int:
    """Run one command; whatever it raises is told, but for what stdout itself does not take."""
    options = words[: words.index("--")] if "--" in words else words
    try:
        returned: object = quorate.main(words, prog_name="quorate", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as asked:
        say(asked.format_message())
        return WRONG
    except Unwritten:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (what nobody foresaw is a defect, and is told as one)
        return tell(failure_of(error), as_json="--json" in options)
    return returned if isinstance(returned, int) else 0
