"""What strategies cost, and which quorums there are: as text, and as parts of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.cli.quorum.text import percent, rational, shortened, table
from quorate.properties.quorum.clusters.cluster import mean_share
from quorate.properties.quorum.theorems.assessment import members, natural
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from quorate.properties.quorum.clusters.expressions import Expression
    from quorate.properties.quorum.strategies.choices import Choice
    from quorate.properties.quorum.strategies.search import Found
    from quorate.properties.quorum.strategies.strategy import Strategy, System, Wanted
    from quorate.report.screen import Line, Screen

MEASURES: tuple[str, ...] = ("exact", "load", "capacity", "network", "latency", "read_strategy", "write_strategy", "of_nodes")
SHOWN = 8  # quorums of a strategy that are shown


def measured(found: Strategy | None, wanted: Wanted) -> dict[str, object]:
    """Return what a strategy costs, for programs; all null where there is none."""
    if found is None:
        return {name: None for name in MEASURES}  # noqa: C420 - whose values are objects
    return {
        "exact": found.exact,
        "load": str(found.load(wanted)),
        "capacity": str(found.capacity(wanted)),
        "network": str(found.network(wanted)),
        "latency": str(found.latency(wanted)),
        "read_strategy": [_choice(found, choice, p) for choice, p in found.reads],
        "write_strategy": [_choice(found, choice, p) for choice, p in found.writes],
        "of_nodes": {
            name: {
                "reads": str(found.used(c)[0]),
                "writes": str(found.used(c)[1]),
                "utilization": str(found.node_utilization(c, wanted)),
                "throughput": str(found.node_throughput(c, wanted)),
            }
            for c, names in enumerate(found.classes)
            for name in names
        },
    }


def _choice(found: Strategy, choice: Choice, probability: Fraction) -> dict[str, object]:
    takes = [{"any": n, "of": list(names)} for names, n in zip(found.classes, choice.counts, strict=True) if n]
    return {"probability": str(probability), "takes": takes, "latency": str(choice.latency)}


def described(system: System) -> dict[str, object]:
    """Return the system, for programs."""
    return {"nodes": list(system.nodes), "reads": str(system.reads), "writes": str(system.writes)}


def searched(found: Found | None, wanted: Wanted) -> dict[str, object]:
    """Return what a search found, for programs."""
    system = {"nodes": None, "reads": None, "writes": None} if found is None else described(found.system)
    progress = (
        {"complete": False, "looked_at": None}
        if found is None
        else {"complete": found.complete, "looked_at": found.progress.looked_at}
    )
    return {**system, **progress, **measured(None if found is None else found.strategy, wanted)}


def told(system: System, found: Strategy | None, wanted: Wanted, reason: str, screen: Screen) -> Iterator[Line]:
    """Yield the system, what the strategy costs, whom it asks, and what each node does."""
    yield from _filled("reads   ", shortened(str(system.reads), screen), screen)
    yield from _filled("writes  ", shortened(str(system.writes), screen), screen)
    yield ()
    if found is None:
        yield from _filled("", reason, screen)
        return
    for label, value in _costs(found, wanted):
        yield line(Span(f"{label:<22}", Role.STRONG), value)
    yield ()
    for name, side in (("reads", found.reads), ("writes", found.writes)):
        shown = "; ".join(_shown(found, choice, p) for choice, p in sorted(side, key=lambda x: -x[1])[:SHOWN])
        yield from _filled(f"{name}: ", f"{shown}{f'; and {len(side) - SHOWN} more' if len(side) > SHOWN else ''}", screen)
    yield ()
    yield from _of_nodes(found, wanted)


def _costs(found: Strategy, wanted: Wanted) -> Iterator[tuple[str, str]]:
    about = "" if found.exact else " (floating point, not exact)"
    over = ", over the workload" if len(wanted.shares()) > 1 else ""
    yield f"load at {percent(mean_share(wanted.workload))} reads", f"{rational(found.load(wanted))}{over}{about}"
    yield "capacity", rational(found.capacity(wanted))
    yield "network", f"{rational(found.network(wanted))} nodes an operation"
    if any(found.system.latencies.values()):
        yield "latency", rational(found.latency(wanted))


def _shown(found: Strategy, choice: Choice, probability: Fraction) -> str:
    takes = [
        members(frozenset(names)) if n == len(names) else f"any {n} of {{{members(frozenset(names))}}}"
        for names, n in zip(found.classes, choice.counts, strict=True)
        if n
    ]
    return f"{percent(probability)} {' + '.join(takes)}"


def _of_nodes(found: Strategy, wanted: Wanted) -> Iterator[Line]:
    rows: list[tuple[str, ...]] = []
    for c, names in enumerate(found.classes):
        reads, writes = found.used(c)
        busy, does = found.node_utilization(c, wanted), found.node_throughput(c, wanted)
        rows.append((members(frozenset(names), 5), percent(reads), percent(writes), percent(busy), f"{float(does):.6g}"))
    yield from table([("node", "of reads", "of writes", "busy", "throughput"), *sorted(rows, key=lambda row: natural(row[0]))])


def found_lines(found: Found | None, wanted: Wanted, reason: str, screen: Screen) -> Iterator[Line]:
    """Yield the system that a search found, and how far it went."""
    if found is None:
        yield from _filled("", reason, screen)
        return
    yield from told(found.system, found.strategy, wanted, "", screen)
    yield ()
    done = f"{found.progress.looked_at:,} systems were looked at"
    yield from _filled("", f"{done}: no other is better" if found.complete else f"{done}; {reason}", screen)


def listed_lines(
    sides: dict[str, Expression], listed: dict[str, tuple[int | None, list[list[str]]]], screen: Screen
) -> Iterator[Line]:
    """Yield the minimal quorums of both sides, and their duals."""
    for name, (count, quorums) in listed.items():
        yield from _filled(f"{name:<8}", shortened(str(sides[name]), screen), screen)
        yield from _filled("  dual  ", shortened(str(sides[name].dual()), screen), screen)
        many = "many" if count is None else f"{count:,}"
        tail = ", ..." if count is None or count > len(quorums) else ""
        sets = ", ".join(f"{{{', '.join(quorum)}}}" for quorum in quorums)
        yield from _filled(f"  {many} minimal: ", f"{sets}{tail}", screen)


def _filled(label: str, text: str, screen: Screen) -> Iterator[Line]:
    hang = "  " if len(label) > 10 or not label else " " * len(label)
    for i, part in enumerate(wrapped(text, screen.width - len(label))):
        yield line(hang if i else label, part)
