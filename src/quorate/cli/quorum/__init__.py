"""`quorate quorum`: check a cluster, tabulate N nodes, prove a claim for every N, derive the condition.

Z3, HiGHS and the plotting library are imported inside the commands that need them.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from quorate.cli.quorum import clusters
from quorate.cli.quorum.calculators import committed, vote
from quorate.cli.quorum.places import latency
from quorate.cli.quorum.strategies import list_quorums, search, strategy
from quorate.cli.streams import emit, remark, say
from quorate.cli.values import PATIENCE
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quorate.properties.quorum.theorems.systems import Lemma, System
    from quorate.report.screen import Line

SECONDS = 10.0
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
TIMEOUT = click.option(
    "--timeout",
    default=SECONDS,
    show_default=True,
    type=PATIENCE,
    help="Seconds for everything; what is not settled by then is unknown.",
)


@click.group()
def quorum() -> None:
    """Prove and measure quorum systems of any size."""


def _print(lines: Iterable[Line]) -> None:
    from quorate.report.screen import screen_of  # noqa: PLC0415 - see the module's docstring

    say(screen_of(sys.stdout).render(lines))


def _print_json(printed: Mapping[str, object]) -> None:
    emit(json.dumps(printed, indent=2, ensure_ascii=False))


class Asked(clusters.Options):
    """What `check` may be told about a network of nodes that each say whom they trust."""

    fbas: str | None
    group: str | None
    organisations: str | None
    delete: str | None
    show: str | None


@quorum.command()
@clusters.described
@click.option("--goal", default="both", show_default=True, help="What must meet: overlap (reads, writes), writes, or both.")
@click.option("--seed", default=1, show_default=True, help="For the simulated staleness.")
@click.option("--fbas", help="A network of nodes that each say whom they trust: JSON of stellarbeat or of stellar-core.")
@click.option("--group", help="With --fbas: sets of groups, by organisation, country or name.")
@click.option("--organisations", help="With --fbas: a JSON file of organisations with their validators.")
@click.option("--delete", help="With --fbas: nodes that lie as suits whoever asks, by key or name: a,b.")
@click.option("--show", help="With --fbas: how many sets of each kind to list, or `all`; 5 if left out.")
@click.option("--run", "as_run", is_flag=True, help="Also run the register model: the stale read, step by step.")
@TIMEOUT
@AS_JSON
@click.pass_context
def check(
    ctx: click.Context,
    *,
    goal: str,
    seed: int,
    as_run: bool,
    timeout: float,
    as_json: bool,
    **options: Unpack[Asked],
) -> None:
    """Say what a cluster's quorums give: overlap, crashes survived, load, staleness. FILE is TOML or JSON.

    \b
    quorate quorum check -n 5 -w 3 -r 3
    quorate quorum check --votes a=3,b=1,c=1
    quorate quorum check --reads 'a*b + c*d'
    quorate quorum check -n 3 -w 1 -r 1 --run
    quorate quorum check --fbas nodes.json --group organisation
    """  # noqa: D301 - click wants the character. Long because its options are listed twice: to click, and with their types.
    from quorate.cli.quorum import document, run, text  # noqa: PLC0415
    from quorate.properties.quorum.theorems.assessment import GOALS, assess  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    if options["fbas"] is not None:
        ctx.exit(_federated(ctx, options, timeout, as_json=as_json))
    _only_with_fbas(options)
    _one_of(goal, GOALS, "goal")
    found = assess(clusters.rules_of(options), goal, seed=seed, timeout=timeout)
    ran = run.run(found) if as_run else None
    code = found.verdict.exit_code if ran is None else run.exit_code(found.verdict.exit_code, ran)
    if as_json:
        _print_json({**document.assessment(found, code), **({} if ran is None else run.fields(ran))})
    else:
        screen = screen_of(sys.stdout)
        _print([*text.assessment(found, screen), *(() if ran is None else run.lines(found, ran, screen))])
    ctx.exit(code)


OF_FBAS = ("group", "organisations", "delete", "show")


def _only_with_fbas(options: Asked) -> None:
    for name in OF_FBAS:
        if options[name] is not None:  # type: ignore[literal-required]
            raise UsageError(f"`--{name}` goes with `--fbas FILE`: leave it out")


def _federated(ctx: click.Context, options: Asked, timeout: float, *, as_json: bool) -> int:
    """Answer `check --fbas` and return the exit code. Errors: UsageError, for an option that it has no use for, too."""
    from click.core import ParameterSource  # noqa: PLC0415

    from quorate.cli.quorum import federated  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    used = {"fbas", "byzantine", "timeout", "as_json", *OF_FBAS}
    for parameter in ctx.command.params:
        if parameter.name not in used and ctx.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE:
            given = parameter.opts[0] if parameter.opts[0].startswith("-") else "a cluster file"
            raise UsageError(f"`--fbas` says whom each node trusts, and {given} does not go with it: leave one out")
    assert options["fbas"] is not None
    shown = options["show"] or "5"
    if shown != "all" and not (shown.isascii() and shown.isdecimal() and len(shown) < 10):
        raise UsageError(f"`--show {shown}` is no number of sets: write for example `--show 20`, or `--show all`")
    grouping = options["group"], options["organisations"], options["delete"], options["byzantine"]
    report = federated.Report(options["fbas"], *grouping)
    found = report.analyse(None if shown == "all" else int(shown), timeout)
    code = report.verdict(found).exit_code
    if as_json:
        _print_json(federated.document(report, found, code))
    else:
        _print(federated.lines(report, found, screen_of(sys.stdout)))
    return code


def _one_of(value: str, known: Iterable[str], what: str) -> None:
    from quorate.language.errors import did_you_mean  # noqa: PLC0415

    if value not in (names := tuple(known)):
        raise UsageError(f"there is no {what} `{value}`{did_you_mean(value, names)}: choose {', '.join(names)}")


@quorum.command()
@click.option("-n", type=int, required=True, help="Nodes, all alike.")
@click.option("--read-fraction", default="0.5", show_default=True, help="Share of reads, for the load.")
@click.option("--png", type=click.Path(dir_okay=False), help="Write a heat map of staleness and overlap.")
@click.option("--svg", type=click.Path(dir_okay=False), help="The same as SVG.")
@AS_JSON
def table(n: int, read_fraction: str, png: str | None, svg: str | None, as_json: bool) -> None:
    """Show every W and R for N nodes: what each gives and what it costs."""
    from quorate.cli.quorum import document, text  # noqa: PLC0415
    from quorate.properties.quorum.clusters.cluster import share  # noqa: PLC0415
    from quorate.properties.quorum.clusters.counts import settings  # noqa: PLC0415

    found = settings(n, share(read_fraction, "`--read-fraction`"))
    for kind, path in (("png", png), ("svg", svg)):
        if path is not None:
            from quorate.cli.quorum.heat_map import draw  # noqa: PLC0415

            draw(found, Path(path), kind)
            remark(f"wrote {path}")
    if as_json:
        _print_json(document.settings(found))
    else:
        _print(text.settings(found))


def _system(name: str | None, claims: tuple[str, ...], goal: str) -> tuple[System | None, tuple[Lemma, ...]]:
    from quorate.properties.quorum.theorems.question import question  # noqa: PLC0415
    from quorate.properties.quorum.theorems.systems import named  # noqa: PLC0415

    if name is None:
        return None, (question(claims, goal),)
    if claims:
        raise UsageError("give either `--system` or claims of your own, not both")
    system = named(name)
    return system, system.lemmas


@quorum.command()
@click.argument("claims", nargs=-1)
@click.option("--goal", default="overlap", show_default=True, help="overlap, writes, honest, or a claim about sizes of sets.")
@click.option("--system", "system_name", help="A system of the literature, such as flexible-paxos.")
@click.option("--list", "list_all", is_flag=True, help="List the named systems.")
@TIMEOUT
@AS_JSON
@click.pass_context
def prove(
    ctx: click.Context,
    *,
    claims: tuple[str, ...],
    goal: str,
    system_name: str | None,
    list_all: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Prove that CLAIMS imply the goal for every number of nodes, or show the smallest split.

    \b
    quorate quorum prove 'w + r > n' --goal overlap
    quorate quorum prove 'size(a) >= q' 'size(b) >= q' '3*q > 2*n' --goal '3*size(a & b) > n'
    quorate quorum prove --system joint-consensus
    """  # noqa: D301 - click wants the character
    from quorate.cli.quorum import document, text  # noqa: PLC0415
    from quorate.properties.quorum.theorems.question import exit_code, settle_all  # noqa: PLC0415
    from quorate.properties.quorum.theorems.systems import systems  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    if list_all:
        if as_json:
            _print_json(document.catalogue(systems().values()))
        else:
            _print(text.catalogue(systems().values()))
        return
    if not claims and system_name is None:
        raise UsageError("what is to be proved? give claims such as 'w + r > n', or `--system NAME` (`--list` shows them)")
    system, lemmas = _system(system_name, claims, goal)
    findings = settle_all(lemmas, contrast=system is not None, timeout=timeout)
    code = exit_code(findings)
    if as_json:
        _print_json(document.proof(findings, system_name, code))
    else:
        _print(text.proof(findings, screen_of(sys.stdout), system))
    ctx.exit(code)


@quorum.command()
@click.argument("claims", nargs=-1)
@click.option("--goal", default="overlap", show_default=True, help="overlap, writes, honest, or a claim about sizes of sets.")
@click.option("--system", "system_name", help="A system of the literature, such as dynamo.")
@click.option("--certificate", is_flag=True, help="Also the counting argument, in words.")
@TIMEOUT
@AS_JSON
@click.pass_context
def derive(
    ctx: click.Context,
    *,
    claims: tuple[str, ...],
    goal: str,
    system_name: str | None,
    certificate: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Find the exact condition under which the goal holds, given CLAIMS or the hypotheses of a system.

    \b
    quorate quorum derive --system dynamo --certificate
    quorate quorum derive 'q >= 1' --goal honest
    """  # noqa: D301 - click wants the character. Long because its options are listed twice: to click, and with their types.
    from quorate.cli.quorum import document, text  # noqa: PLC0415
    from quorate.properties.quorum.theorems.certificate import argue  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    system, lemmas = _system(system_name, claims, goal)
    # The user's own claims are given; what a system states is what is to be found.
    own = [dataclasses.replace(m, hypotheses=m.premises, condition=None) for m in lemmas]
    open_ones = own if system is None else [m for m in lemmas if m.condition is not None]
    if not open_ones:
        raise UsageError(
            f"`{system_name}` has no condition on numbers to derive: `quorate quorum prove --system {system_name}`"
        )
    found = argue(open_ones, certified=certificate, timeout=timeout)
    code = max(f.derivation.verdict.exit_code for f in found)
    if as_json:
        _print_json(document.derivation(found, system_name, code))
    else:
        _print(text.derivations(found, screen_of(sys.stdout), certified=certificate))
    ctx.exit(code)


for command in (strategy, latency, search, list_quorums, committed, vote):
    quorum.add_command(command)
