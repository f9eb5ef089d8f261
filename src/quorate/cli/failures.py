"""What is said when a command cannot answer: one message on stderr and, under `--json`, a document on stdout.

Whatever is wrong with the user's input is exit code 2 (or what its class says); what is wrong with Quorate itself is exit code
4, with one line that asks for a report. Read next: `language/errors.py`, the exceptions.
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from quorate.cli.streams import emit, remark
from quorate.language.errors import Defect, Located, QuorateError, did_you_mean

if TYPE_CHECKING:
    from quorate.language.errors import Place

TRACEBACK = "QUORATE_TRACEBACK"  # as a variable of the environment, not empty: show where Quorate itself failed
WRONG, UNDECIDED = 2, 3
VERSION = 1
OUTCOMES = {WRONG: "error", UNDECIDED: "undecided", Defect.exit_code: "defect"}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command gave no answer. `message` is the whole text that people read."""

    exit_code: int
    message: str
    where: Place | None = None

    @property
    def document(self) -> dict[str, object]:
        """Return the failure as plain data: docs/result.schema.json."""
        where = self.where
        place = where and {"file": where.file, "line": where.line, "column": where.column}
        outcome = OUTCOMES.get(self.exit_code, "error")
        return {
            "version": VERSION,
            "outcome": outcome,
            "exit_code": self.exit_code,
            "error": self.message,
            "where": place,
        }


def tell(failure: Failure, *, as_json: bool) -> int:
    """Say what went wrong, and return the exit code."""
    remark(failure.message if failure.exit_code == UNDECIDED else f"error: {failure.message}")
    if as_json:
        from quorate.report.documents.document import text  # noqa: PLC0415  (a search's report, which few errors need)

        emit(text(failure.document))
    return failure.exit_code


def failure_of(error: BaseException) -> Failure:
    """Return what is said of an exception that ended a command."""
    match error:
        case click.ClickException():
            return Failure(WRONG, _reworded(error))
        case Defect():
            return _defect(error, str(error))
        case QuorateError():
            return Failure(error.exit_code, str(error), error.where if isinstance(error, Located) else None)
        case click.Abort() | KeyboardInterrupt():
            return Failure(UNDECIDED, "interrupted: nothing is claimed")
        case MemoryError():
            return Failure(UNDECIDED, "there is not enough memory: nothing is claimed; `--memory 4G` ends a search in time")
        case _:
            return _defect(error, f"{type(error).__name__}: {error}")


def _defect(error: BaseException, what: str) -> Failure:
    if os.environ.get(TRACEBACK):
        remark("".join(traceback.format_exception(error)).rstrip())
        remedy = "please report it, with the model and the command"
    else:
        remedy = f"please report it, with the model, the command and what it prints under `{TRACEBACK}=1`"
    return Failure(Defect.exit_code, f"Quorate itself failed, and nothing is claimed: {what}\n  {remedy}")


def _reworded(error: click.ClickException) -> str:
    """Return click's message in the house's form: lower case, names in back-ticks, where to read more."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    more = f"\n  `{context.command_path} --help` lists what there is" if context else ""
    if isinstance(error, click.NoSuchOption):
        known = [o for p in context.command.get_params(context) for o in p.opts if o.startswith("--")] if context else []
        return f"there is no option `{error.option_name}`{did_you_mean(error.option_name, known)}{more}"
    text = error.format_message().replace("'", "`").rstrip(".")
    return f"{text[:1].lower()}{text[1:]}{more}"
