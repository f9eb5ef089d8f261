"""`quorate quorum latency`: how long reads and writes take from where the clients are, and which node to move."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quorate.cli.streams import emit, say
from quorate.cli.values import PATIENCE
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from quorate.properties.quorum.strategies.places import Answers, Latency, Map, Move
    from quorate.properties.quorum.strategies.strategy import System
    from quorate.report.screen import Line, Screen

SHOWN = 3  # moves
UNKNOWN = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Answered:
    """What was found; the strategy's part and the moves are None where time ran out."""

    system: System
    places: Map
    share: Fraction
    nearest: Answers
    chosen: Answers | None
    moves: list[Move] | None


@click.command()
@click.argument("file")
@click.option("--timeout", default=10.0, show_default=True, type=PATIENCE, help="Seconds for everything.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def latency(ctx: click.Context, *, file: str, timeout: float, as_json: bool) -> None:
    """Say how long reads and writes take from each zone, and which node to move. FILE has zones and round trips.

    \b
    quorate quorum latency places.toml
    """  # noqa: D301 - click wants the character
    from quorate.report.screen import screen_of  # noqa: PLC0415

    found = _answered(file, timeout)
    code = UNKNOWN if found.chosen is None or found.moves is None else 0
    if as_json:
        emit(json.dumps(_document(found, code), indent=2, ensure_ascii=False))
    else:
        screen = screen_of(sys.stdout)
        say(screen.render(_lines(found, screen)))
    ctx.exit(code)


def _answered(file: str, timeout: float) -> Answered:
    from quorate.cli.quorum.strategies import meeting, system_of  # noqa: PLC0415
    from quorate.properties.quorum.arithmetic import patience  # noqa: PLC0415
    from quorate.properties.quorum.clusters import cluster, cluster_file  # noqa: PLC0415
    from quorate.properties.quorum.strategies import places  # noqa: PLC0415
    from quorate.properties.quorum.strategies.strategy import Wanted, best  # noqa: PLC0415

    rules = cluster_file.from_file(Path(file))
    if not rules.round_trips:
        raise UsageError(f"{file}: `round_trips` is missing: write such as `[round_trips.east]` with `west = 70`")
    system = meeting(dataclasses.replace(system_of(rules), zone_of=rules.zone_of))
    around = places.map_of(system, rules.round_trips, rules.clients)
    share = cluster.mean_share(rules.shares)
    near, chosen, moves = places.nearest(system, around), None, None
    with patience.within(timeout):
        try:
            chosen = places.by_strategy(best(system, Wanted(workload=rules.shares), timeout=patience.left() / 2), around)
            moves = places.moves(system, around, share)
        except patience.OutOfTimeError:
            pass  # what is there is said, and that the rest is unknown
    return Answered(system, around, share, near, chosen, moves)


def _lines(found: Answered, screen: Screen) -> Iterator[Line]:
    from quorate.cli.quorum.text import filled, percent, rational, table  # noqa: PLC0415
    from quorate.properties.quorum.theorems.assessment import members  # noqa: PLC0415

    zones = sorted(set(found.system.zone_of.values()))
    placed = "; ".join(f"{z}: {members(frozenset(n for n, at in found.system.zone_of.items() if at == z))}" for z in zones)
    yield from filled(f"nodes in {placed}", screen)
    yield from filled(f"clients in {', '.join(f'{zone} ({percent(p)})' for zone, p in found.places.clients.items())}", screen)
    yield ()
    rows = [("", "expected", "99% within")]
    for how, answers in (("the nearest quorum", found.nearest), ("the strategy of least load", found.chosen)):
        for what in ("reads", "writes"):
            times: Latency | None = None if answers is None else getattr(answers, what)
            mean, tail = ("unknown", "unknown") if times is None else (rational(times.mean), rational(times.tail))
            rows.append((f"{what}, {how}", mean, tail))
    yield from table(rows)
    yield ()
    for zone in found.places.clients:
        yield from filled(f"from {zone}: {'; '.join(_from(found, zone))}", screen)
    yield ()
    yield from filled(_to_move(found), screen)


def _from(found: Answered, zone: str) -> Iterator[str]:
    from quorate.cli.quorum.text import rational  # noqa: PLC0415
    from quorate.properties.quorum.strategies.places import nearest_quorum  # noqa: PLC0415
    from quorate.properties.quorum.theorems.assessment import members  # noqa: PLC0415

    for what, expression in (("reads", found.system.reads), ("writes", found.system.writes)):
        time, answered = nearest_quorum(expression, found.system, found.places, zone)
        yield f"{what} once {{{members(answered, 6)}}} have answered, after {rational(time)}"


def _to_move(found: Answered) -> str:
    from quorate.cli.quorum.text import rational  # noqa: PLC0415

    mean = rational(found.nearest.mean(found.share))
    if found.moves is None:
        return "which node to move was not found in time"
    if not found.moves:
        return f"no move of one node makes the nearest quorums nearer than {mean} on average"
    shown = "; ".join(f"{m.node} to {m.zone}: {rational(m.mean)}" for m in found.moves[:SHOWN])
    return f"to act on: what to move, and the mean of all operations then, instead of {mean}: {shown}"


def _document(found: Answered, code: int) -> dict[str, object]:
    return {
        "format": "quorate-quorum-latency",
        "version": 1,
        "exit_code": code,
        "nodes": {node: found.system.zone_of[node] for node in found.system.nodes},
        "clients": {zone: str(p) for zone, p in found.places.clients.items()},
        "read_fraction": str(found.share),
        "nearest": _answers(found.nearest),
        "least_load": None if found.chosen is None else _answers(found.chosen),
        "mean": str(found.nearest.mean(found.share)),
        "moves": None if found.moves is None else [{"node": m.node, "to": m.zone, "mean": str(m.mean)} for m in found.moves],
    }


def _answers(answers: Answers) -> dict[str, object]:
    def one(times: Latency) -> dict[str, object]:
        spread = [{"time": str(time), "probability": str(p)} for time, p in times.times]
        return {"expected": str(times.mean), "p99": str(times.tail), "times": spread}

    return {"reads": one(answers.reads), "writes": one(answers.writes)}
