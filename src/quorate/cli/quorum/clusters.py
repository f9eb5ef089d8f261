"""The options that describe a cluster, and the one cluster that they describe."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypedDict, TypeVar

import click

from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from quorate.properties.quorum.clusters.cluster import Rules

P = ParamSpec("P")
R = TypeVar("R")


class Options(TypedDict):
    """What a command may be told about a cluster."""

    n: int | None
    r: int | None
    w: int | None
    votes: str | None
    zones: str | None
    reads: str | None
    writes: str | None
    byzantine: int
    hints: int
    witnesses: str | None
    read_fraction: str | None
    file: str | None


OPTIONS = (
    click.argument("file", required=False),
    click.option("-n", type=int, help="Nodes, all alike."),
    click.option("-r", type=int, help="Nodes (votes, zones) of a read quorum; more than half if left out."),
    click.option("-w", type=int, help="Nodes (votes, zones) of a write quorum; more than half if left out."),
    click.option("--votes", help="Votes of named nodes: a=3,b=1,c=1."),
    click.option("--zones", help="Zones and their sizes: east=3,west=3. A quorum is a majority in -r or -w zones."),
    click.option("--reads", help="Read quorums: 'a*b + c*d'. If left out, the best that meets the writes."),
    click.option("--writes", help="Write quorums: 'choose(2, a, b, c)'. If left out, the best that meets the reads."),
    click.option("--byzantine", default=0, type=click.IntRange(min=0), help="Nodes that may lie."),
    click.option("--hints", default=0, type=click.IntRange(min=0), help="Answers to a write that may come from outside."),
    click.option("--witnesses", help="How many nodes hold no data, or their names: c,d."),
    click.option("--read-fraction", help="Share of reads among operations, for the load: 0.5."),
)


def described(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command the options that describe a cluster."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def rules_of(options: Options) -> Rules:
    """Return the one cluster that the options describe."""
    from quorate.properties.quorum.clusters import cluster, cluster_file  # noqa: PLC0415

    r, w = options["r"], options["w"]
    kinds = {
        "a file": options["file"],
        "`-n`": options["n"],
        "`--votes`": options["votes"],
        "`--zones`": options["zones"],
        "`--reads` or `--writes`": options["reads"] or options["writes"],
    }
    given = [name for name, value in kinds.items() if value is not None]
    if len(given) != 1:
        asked = f"both {given[0]} and {given[1]} describe it" if given else "nothing describes it"
        raise UsageError(f"which cluster? {asked}: give one of {', '.join(kinds)}")
    if (options["file"] or options["reads"] or options["writes"]) and (r is not None or w is not None):
        raise UsageError(f"`-r` and `-w` do not go with {given[0]}: the quorums are written there")
    if options["file"] is not None:
        rules = cluster_file.from_file(Path(options["file"]))
    elif options["n"] is not None:
        rules = cluster.from_counts(options["n"], r, w)
    elif options["votes"] is not None:
        rules = cluster.from_votes(_pairs(options["votes"], "--votes"), r, w)
    elif options["zones"] is not None:
        rules = cluster.from_zones(_pairs(options["zones"], "--zones"), r, w)
    else:
        rules = cluster.from_expressions(options["reads"], options["writes"])
    return _with_faults(rules, options)


def _pairs(text: str, option: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in text.split(","):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not (name and equals and value.removeprefix("-").isdecimal()):
            raise UsageError(f"`{option}`: `{item}` is not NAME=NUMBER: write {option} a=3,b=1,c=1")
        if name in found:
            raise UsageError(f"`{option}` names `{name}` twice: give it once")
        found[name] = int(value)
    return found


def _with_faults(rules: Rules, options: Options) -> Rules:

    changes: dict[str, object] = {name: options[name] for name in ("byzantine", "hints") if options[name]}
    if options["witnesses"] is not None:
        changes["witnesses"] = _witnesses(options["witnesses"], rules)
    if options["read_fraction"] is not None:
        changes["workload"] = shares(options["read_fraction"])
    return dataclasses.replace(rules, **changes)  # type: ignore[arg-type]


def _witnesses(text: str, rules: Rules) -> frozenset[str]:
    from quorate.language.errors import did_you_mean  # noqa: PLC0415

    if text.isdecimal():
        if rules.counts is None and int(text):
            raise UsageError("`--witnesses`: these nodes are not alike: name the witnesses, such as c,d")
        if int(text) >= len(rules.nodes):
            raise UsageError(f"`--witnesses {text}`: some of the {len(rules.nodes)} nodes must hold data")
        return frozenset(rules.nodes[: int(text)])
    for name in text.split(","):
        if name not in rules.nodes:
            raise UsageError(f"`--witnesses`: there is no node `{name}`{did_you_mean(name, rules.nodes)}")
    return frozenset(text.split(","))


def shares(text: str) -> dict[Fraction, Fraction]:
    """Return the shares of reads with their weights: one share, or 0.9=10,0.5=20. Errors: UsageError."""
    from fractions import Fraction  # noqa: PLC0415

    from quorate.properties.quorum.clusters.cluster import share  # noqa: PLC0415

    if "=" not in text:
        return {share(text, "`--read-fraction`"): Fraction(1)}
    found: dict[Fraction, Fraction] = {}
    for item in text.split(","):
        name, _, value = (part.strip() for part in item.partition("="))
        fraction = share(name, "`--read-fraction`: each share")
        if fraction in found:
            raise UsageError(f"`--read-fraction` gives {name} twice: give each share of reads one weight")
        found[fraction] = number(value, "--read-fraction")
    if not any(found.values()):
        raise UsageError("`--read-fraction` needs a share with a weight above 0, such as 0.9=10")
    return found


def number(text: str, option: str) -> Fraction:
    """Return a number from 0, typed as 0.25, 3 or 1/2000. Errors: UsageError."""
    from fractions import Fraction  # noqa: PLC0415

    plain = text.strip().replace(".", "", 1).replace("/", "", 1)
    try:
        found = Fraction(text.strip()) if plain.isascii() and plain.isdecimal() and len(text) <= 40 else None
    except (ValueError, ZeroDivisionError):
        found = None
    if found is None:
        raise UsageError(f"`{option} {text}` is no number: write for example {option} 2, 0.25 or 1/2000")
    return found
