"""`quorate prove`: the shipped theorems for any number of nodes, and what breaks each.

Z3 is imported only when something is proved: `--list` and `--help` do without it.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from quorate.cli.streams import emit, say
from quorate.cli.values import PATIENCE
from quorate.language.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quorate.properties.induction.catalogue import Case
    from quorate.properties.induction.outcome import Outcome
    from quorate.properties.induction.vocabulary.counting import CounterProof
    from quorate.properties.induction.vocabulary.system import Proof
    from quorate.report.screen import Line

SECONDS = 10.0


@click.command()
@click.argument("name", required=False)
@click.option("--twin", help="The variant of NAME with one thing changed; `all` for every one.")
@click.option("--list", "list_all", is_flag=True, help="Show the theorems and their twins.")
@click.option("--all", "prove_all", is_flag=True, help="Every theorem and every twin, a line each.")
@click.option("--timeout", default=SECONDS, show_default=True, type=PATIENCE, help="Seconds a query.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def prove(
    ctx: click.Context,
    *,
    name: str | None,
    twin: str | None,
    list_all: bool,
    prove_all: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Prove that a protocol is safe for any number of nodes, or show the run that breaks it.

    \b
    quorate prove one-leader
    quorate prove one-leader --twin volatile-vote
    quorate prove --all
    """  # noqa: D301 - click wants the character
    from quorate.properties.induction.catalogue import theorems  # noqa: PLC0415 - see the module's docstring

    known = theorems()
    if list_all:
        _print_catalogue(known.values(), as_json=as_json)
        return
    chosen = _chosen(known, name, twin, prove_all=prove_all)
    settled = _settle(chosen, timeout)
    # One case answers for itself; of many, each has its own expectation.
    code = settled[0][1].exit_code if len(settled) == 1 else _combined(settled)
    if as_json:
        _print_json(settled, code)
    else:
        _print_text(settled, overview=prove_all)
    ctx.exit(code)


def _chosen(known: dict[str, Proof | CounterProof], name: str | None, twin: str | None, *, prove_all: bool) -> list[Case]:
    from quorate.properties.induction.catalogue import cases  # noqa: PLC0415

    if prove_all:
        if name or twin:
            raise UsageError("`--all` takes neither a name nor `--twin`: it proves every theorem")
        return [case for proof in known.values() for case in cases(proof)]
    if name is None:
        raise UsageError("what is to be proved? give a name (`quorate prove --list` shows them), or `--all`")
    if name not in known:
        raise UsageError(f"there is no theorem `{name}`{did_you_mean(name, known)}: `quorate prove --list` shows them")
    theorem, *twins = cases(known[name])
    if twin is None:
        return [theorem]
    by_name = {case.twin: case for case in twins if case.twin}
    if twin != "all" and twin not in by_name:
        names = ", ".join(f"`{t}`" for t in by_name)
        raise UsageError(f"`{name}` has no twin `{twin}`{did_you_mean(twin, by_name)}: it has {names}")
    return twins if twin == "all" else [by_name[twin]]


def _settle(chosen: Sequence[Case], timeout: float) -> list[tuple[Case, Outcome]]:
    from quorate.properties.induction.outcome import settle  # noqa: PLC0415

    return [(case, settle(case, timeout)) for case in chosen]


def _combined(settled: Sequence[tuple[Case, Outcome]]) -> int:
    surprises = [found for case, found in settled if found.verdict != case.expected]
    if not surprises:
        return 0
    return 1 if any(found.exit_code in {0, 1} for found in surprises) else 3


def _print_catalogue(known: Iterable[Proof | CounterProof], *, as_json: bool) -> None:
    from quorate.cli.prove import document, text  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    if as_json:
        _emit(document.catalogue(known))
    else:
        _print(text.catalogue(known, screen_of(sys.stdout)))


def _print_text(settled: Sequence[tuple[Case, Outcome]], *, overview: bool) -> None:
    from quorate.cli.prove import text  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    if overview:
        _print(text.overview(settled))
        return
    for index, (case, found) in enumerate(settled):
        if index:
            say("")
        _print(text.outcome(case, found, screen_of(sys.stdout)))


def _print(lines: Iterable[Line]) -> None:
    from quorate.report.screen import screen_of  # noqa: PLC0415

    say(screen_of(sys.stdout).render(lines))


def _print_json(settled: Sequence[tuple[Case, Outcome]], code: int) -> None:
    from quorate.cli.prove.document import document  # noqa: PLC0415

    _emit(document(settled, code))


def _emit(printed: Mapping[str, object]) -> None:
    emit(json.dumps(printed, indent=2, ensure_ascii=False))
