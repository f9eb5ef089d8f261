"""`quorate quorum strategy`, `search` and `list`: how quorums are chosen, which system is best, which there are."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from quorate.cli.quorum import clusters
from quorate.cli.streams import emit, say
from quorate.cli.values import PATIENCE
from quorate.language.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from fractions import Fraction

    from quorate.properties.quorum.clusters.cluster import Rules
    from quorate.properties.quorum.clusters.expressions import Expression
    from quorate.properties.quorum.strategies.search import Progress
    from quorate.properties.quorum.strategies.strategy import System, Wanted
    from quorate.report.screen import Line, Screen

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
TIMEOUT = click.option("--timeout", default=10.0, show_default=True, type=PATIENCE, help="Seconds for everything.")
UNKNOWN = 3


class Aims(TypedDict):
    """What a strategy is to be best at, and within which limits."""

    optimize: str
    load_limit: str | None
    network_limit: str | None
    latency_limit: str | None
    failures: int


AIMED = (
    click.option("--optimize", default="load", show_default=True, help="What is to be least: load, network or latency."),
    click.option("--load-limit", help="Most load, such as 1/2000; the capacity is its inverse."),
    click.option("--network-limit", help="Most nodes an operation asks on average."),
    click.option("--latency-limit", help="Most latency on average, in the unit of the nodes' latency."),
    click.option("-f", "--failures", default=0, type=click.IntRange(min=0), help="Nodes of a quorum that may fail."),
)


def _aimed(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(AIMED):
        command = option(command)
    return command


class StrategyOptions(clusters.Options, Aims):
    """All that `strategy` may be told."""


@click.command()
@clusters.described
@_aimed
@click.option("--uniform", is_flag=True, help="Every minimal quorum as likely as any other, instead of the best.")
@click.option("--given-reads", help="Weights of read quorums, instead of the best: 'a*b=2, c*d=1'.")
@click.option("--given-writes", help="Weights of write quorums: 'a*c=1, b*d=1'.")
@TIMEOUT
@AS_JSON
@click.pass_context
def strategy(
    ctx: click.Context,
    *,
    uniform: bool,
    given_reads: str | None,
    given_writes: str | None,
    timeout: float,
    as_json: bool,
    **options: Unpack[StrategyOptions],
) -> None:
    """Find how reads and writes should choose their quorums, or say what a given strategy costs. FILE is TOML or JSON.

    \b
    quorate quorum strategy --reads 'a*b*c + d*e*f' --read-fraction 0.25
    quorate quorum strategy cluster.toml --optimize latency --load-limit 1/2000
    quorate quorum strategy -n 5 --failures 1
    quorate quorum strategy --reads 'a*b + c*d' --given-reads 'a*b=2, c*d=1' --given-writes 'a*c=1'
    """  # noqa: D301 - click wants the character. Long because its options are listed twice: to click, and with their types.
    from quorate.cli.quorum import costs  # noqa: PLC0415
    from quorate.properties.quorum.arithmetic.patience import OutOfTimeError  # noqa: PLC0415
    from quorate.properties.quorum.strategies import strategy as strategies  # noqa: PLC0415

    rules = clusters.rules_of(options)
    system = meeting(system_of(rules))
    if (given_reads is None) != (given_writes is None) or (uniform and given_reads is not None):
        raise UsageError(
            "a given strategy needs `--given-reads` and `--given-writes`, and is not `--uniform`: give both or none"
        )
    wanted = _wanted(rules, options)
    reason, found = "", None
    try:
        if given_reads is not None and given_writes is not None:
            _no_aims(options, "a given strategy")
            sides = _weights(given_reads, "--given-reads"), _weights(given_writes, "--given-writes")
            found = strategies.given(system, *sides)
        elif uniform:
            _no_aims(options, "a uniform strategy", failures=True)
            found = strategies.uniform(system, wanted.failures, timeout=timeout)
        else:
            found = strategies.best(system, wanted, timeout=timeout)
    except (strategies.NoStrategyError, OutOfTimeError) as none:
        reason, code = str(none), none.exit_code
    else:
        code = 0
    if as_json:
        _print_json("strategy", exit_code=code, reason=reason, **costs.described(system), **costs.measured(found, wanted))
    else:
        _print(lambda screen: costs.told(system, found, wanted, reason, screen))
    ctx.exit(code)


class SearchOptions(Aims):
    """All that `search` may be told."""

    file: str | None
    nodes: str | None
    read_fraction: str | None


@click.command()
@click.argument("file", required=False)
@click.option("--nodes", help="The nodes, all alike, instead of a file that says their speed and latency: a,b,c.")
@click.option("--read-fraction", help="Share of reads, or shares with weights: 0.9=10,0.5=20.")
@click.option("--resilience", default=0, type=click.IntRange(min=0), help="Nodes that may crash, whichever they are.")
@_aimed
@TIMEOUT
@AS_JSON
@click.pass_context
def search(ctx: click.Context, *, resilience: int, timeout: float, as_json: bool, **options: Unpack[SearchOptions]) -> None:
    """Search for the best quorum system of given nodes; the best so far when the time ends.

    \b
    quorate quorum search nodes.toml --resilience 1
    quorate quorum search --nodes a,b,c,d --read-fraction 0.9 --optimize network
    """  # noqa: D301 - click wants the character. Long because its options are listed twice: to click, and with their types.
    from quorate.cli.quorum import costs  # noqa: PLC0415
    from quorate.properties.quorum.arithmetic.patience import OutOfTimeError  # noqa: PLC0415
    from quorate.properties.quorum.strategies import search as searching  # noqa: PLC0415
    from quorate.properties.quorum.strategies.strategy import NoStrategyError  # noqa: PLC0415

    rules = _nodes(options)
    wanted = _wanted(rules, options)
    found, reason = None, ""
    try:
        with _progress(timeout) as observe:
            found = searching.search(
                rules.nodes, wanted, speeds=rules.speeds, latencies=rules.latencies,
                resilience=resilience, timeout=timeout, observe=observe,
            )  # fmt: skip
    except (NoStrategyError, OutOfTimeError) as none:
        reason, code = str(none), none.exit_code
    else:
        code = 0 if found.complete else UNKNOWN
        reason = "" if found.complete else "the time ended before every system was looked at: this is the best so far"
    if as_json:
        _print_json("search", exit_code=code, reason=reason, **costs.searched(found, wanted))
    else:
        _print(lambda screen: costs.found_lines(found, wanted, reason, screen))
    ctx.exit(code)


@click.command(name="list")
@clusters.described
@click.option("--show", default=20, show_default=True, type=click.IntRange(min=1), help="Most quorums of each kind to list.")
@TIMEOUT
@AS_JSON
def list_quorums(*, show: int, timeout: float, as_json: bool, **options: Unpack[clusters.Options]) -> None:
    """List the minimal read and write quorums of a cluster, and the duals: the best partners of each.

    \b
    quorate quorum list --reads 'a*b*c + d*e*f'
    quorate quorum list -n 5 -r 2 -w 4
    """  # noqa: D301 - click wants the character
    from quorate.cli.quorum import costs  # noqa: PLC0415

    rules = clusters.rules_of(options)
    sides = {"reads": rules.reads, "writes": rules.writes}
    listed = {name: _minimal(expression, show, timeout / 2) for name, expression in sides.items()}
    if as_json:
        printed = {
            name: {"expression": str(sides[name]), "dual": str(sides[name].dual()), "count": count, "quorums": quorums}
            for name, (count, quorums) in listed.items()
        }
        _print_json("list", nodes=list(rules.nodes), **printed)
    else:
        _print(lambda screen: costs.listed_lines(sides, listed, screen))


def _minimal(expression: Expression, show: int, timeout: float) -> tuple[int | None, list[list[str]]]:
    """Return how many minimal quorums there are (None: not counted) and the first few, the smallest first."""
    from itertools import islice  # noqa: PLC0415

    from quorate.properties.quorum.arithmetic import patience  # noqa: PLC0415
    from quorate.properties.quorum.clusters import table  # noqa: PLC0415
    from quorate.properties.quorum.theorems.assessment import natural  # noqa: PLC0415

    if table.fits(expression):
        found = table.minimal_quorums(expression)
        return len(found), [
            sorted(q, key=natural) for q in sorted(found, key=lambda q: (len(q), sorted(map(natural, q))))[:show]
        ]
    if not expression.reads_once:
        raise UsageError(
            f"these {len(expression.nodes)} nodes stand in several places: list quorums of at most {table.MOST_NODES}"
        )
    first: list[frozenset[str]] = []
    late = False
    with patience.within(timeout):
        try:
            first.extend(islice(expression.quorums(), show + 1))
        except patience.OutOfTimeError:
            late = True
    return (None if late or len(first) > show else len(first)), [sorted(q, key=natural) for q in first[:show]]


def _nodes(options: SearchOptions) -> Rules:
    import dataclasses  # noqa: PLC0415

    from quorate.properties.quorum.clusters import cluster, cluster_file  # noqa: PLC0415
    from quorate.properties.quorum.clusters.expressions import Node, majority  # noqa: PLC0415

    if (options["file"] is None) == (options["nodes"] is None):
        raise UsageError("which nodes? give a file, or `--nodes a,b,c`")
    if options["file"] is not None:
        rules = cluster_file.from_file(Path(options["file"]), quorums=False)
    else:
        names = [name.strip() for name in str(options["nodes"]).split(",")]
        if not all(names) or len(set(names)) < len(names):
            raise UsageError(f"`--nodes {options['nodes']}`: write each name once: --nodes a,b,c")
        some = majority([Node(name) for name in names])
        rules = cluster.Rules(some, some.dual())
    if options["read_fraction"] is not None:
        rules = dataclasses.replace(rules, workload=clusters.shares(options["read_fraction"]))
    return rules


def system_of(rules: Rules) -> System:
    """Return the quorums and nodes of a cluster. Errors: UsageError for what no strategy knows."""
    from quorate.properties.quorum.strategies.strategy import System  # noqa: PLC0415

    for what, there in (("byzantine", rules.byzantine), ("hints", rules.hints), ("witnesses", rules.witnesses)):
        if there:
            raise UsageError(f"a strategy knows no {what}: leave them out, or ask `quorate quorum check`")
    return System(rules.reads, rules.writes, rules.speeds, rules.latencies)


def meeting(system: System) -> System:
    """Return the system. Errors: UsageError where reads may miss writes: a strategy for that is no answer to anything."""
    from quorate.properties.quorum.clusters.overlap import least_overlap  # noqa: PLC0415
    from quorate.properties.quorum.theorems.assessment import members  # noqa: PLC0415

    found = least_overlap(system.reads, system.writes)
    if found.size == 0:
        left, right = members(found.left), members(found.right)
        raise UsageError(f"reads may miss writes, {{{left}}} and {{{right}}}: leave out `writes` to have the best that meet")
    return system


def _wanted(rules: Rules, options: Aims) -> Wanted:
    from quorate.properties.quorum.strategies.strategy import AIMS, Wanted  # noqa: PLC0415

    aim = options["optimize"]
    if aim not in AIMS:
        raise UsageError(f"there is nothing to optimize called `{aim}`{did_you_mean(aim, AIMS)}: choose {', '.join(AIMS)}")

    def limit(name: str, text: str | None) -> Fraction | None:
        return None if text is None else clusters.number(text, f"--{name}-limit")

    limits = (limit("load", options["load_limit"]), limit("network", options["network_limit"]))
    return Wanted(aim, rules.shares, *limits, limit("latency", options["latency_limit"]), options["failures"])


def _no_aims(options: Aims, what: str, *, failures: bool = False) -> None:
    limits = any(options[name] is not None for name in ("load_limit", "network_limit", "latency_limit"))
    if limits or options["optimize"] != "load" or (options["failures"] and not failures):
        raise UsageError(f"{what} is measured, not sought: leave out `--optimize`, limits and `--failures`")


def _weights(text: str, option: str) -> dict[frozenset[str], Fraction]:
    found: dict[frozenset[str], Fraction] = {}
    for item in text.split(","):
        names, equals, value = (part.strip() for part in item.partition("="))
        quorum = frozenset(name.strip() for name in names.split("*"))
        if not equals or "" in quorum:
            raise UsageError(f"`{option}`: `{item.strip()}` is no quorum with a weight: write {option} 'a*b=2, c*d=1'")
        if quorum in found:
            raise UsageError(f"`{option}` gives {names} twice: give each quorum one weight")
        found[quorum] = clusters.number(value, option)
    return found


@contextmanager
def _progress(timeout: float) -> Generator[Callable[[Progress], None] | None]:
    """Show how far a search is, on stderr: a bar that is rewritten on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = 0.0

    def show(progress: Progress) -> None:
        nonlocal shown
        if progress.seconds - shown < 0.1:
            return
        shown = progress.seconds
        done = min(20, int(20 * progress.seconds / timeout))
        best = "" if progress.best is None else f", best so far {progress.best:.4g}"
        bar = f"[{'#' * done}{'.' * (20 - done)}]"
        sys.stderr.write(f"\r{bar} {progress.seconds:.1f} of {timeout:g} s, {progress.looked_at:,} systems{best} ")
        sys.stderr.flush()

    yield show
    if shown:
        sys.stderr.write(f"\r{' ' * 79}\r")
        sys.stderr.flush()


def _print(lines: Callable[[Screen], Iterable[Line]]) -> None:
    from quorate.report.screen import screen_of  # noqa: PLC0415

    screen = screen_of(sys.stdout)
    say(screen.render(lines(screen)))


def _print_json(kind: str, **found: object) -> None:
    emit(json.dumps({"format": f"quorate-quorum-{kind}", "version": 1, **found}, indent=2, ensure_ascii=False))
