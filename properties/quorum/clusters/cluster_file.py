"""A cluster's rules from a TOML or JSON file. Every field is checked: its name, its type, its range; nothing is ignored.

What is wrong is said with the file and, where it can be found again in the text, the line. Read next: `cluster.py`, the rules.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from quorate.language.errors import UsageError, did_you_mean
from quorate.language.outside import text_of
from quorate.properties.quorum.clusters.cluster import (
    MOST_NODES,
    Rules,
    Speed,
    from_expressions,
    from_votes,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from quorate.properties.quorum.clusters.expressions import Expression

FIELDS = ("nodes", "reads", "writes", "byzantine", "hints", "read_fraction", "workload", "round_trips", "clients")
NODE_FIELDS = ("votes", "zone", "witness", "capacity", "read_capacity", "write_capacity", "latency")
EXAMPLES = {
    "workload": 'such as `"0.9" = 10`',
    "round_trips": "such as `[round_trips.east]` with `west = 70`",
    "clients": "such as `east = 3`",
}
WIDEST = 1_000_000  # between the fastest node and the slowest: beyond that floating point finds no strategy
MOST_VOTES = 10**9


def from_file(path: Path, *, quorums: bool = True) -> Rules:
    """Return the rules of a cluster file; without `quorums`, of a file that leaves them to be found.

    Errors: UsageError, with the field that is missing, unknown or wrong.
    """
    text = _text(path)
    whole = _Table(path, text, _document(path, text), "")
    whole.check_names(FIELDS)
    for key in () if quorums else ("reads", "writes"):
        if key in whole.fields:
            raise whole.wrong(key, "is what is searched for: leave it out")
    nodes = whole.table("nodes")
    if not 1 <= len(nodes.fields) <= MOST_NODES:
        raise whole.wrong("nodes", f"has {len(nodes.fields)} nodes: name at least one, and at most {MOST_NODES}")
    members = {name: nodes.table(name, node=True) for name in nodes.fields}
    for name, table in members.items():
        if not name.strip() or not name.isprintable():
            raise nodes.wrong(name, "is no name of a node: write letters")
        table.check_names(NODE_FIELDS)
    reads, writes = (whole.quorum(key) for key in ("reads", "writes"))
    return _with_faults(path, whole, members, _quorums(path, members, reads, writes))


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file; `name` is its node's, or empty for the file itself."""

    path: Path
    text: str
    fields: Mapping[str, object]
    name: str

    def check_names(self, known: tuple[str, ...]) -> None:
        """Errors: UsageError for a field that nobody reads."""
        for key in self.fields:
            if key not in known:
                remedy = f"the fields are {', '.join(sorted(known))}"
                raise self.wrong(key, f"is not a field{did_you_mean(key, known)}; {remedy}")

    def wrong(self, key: str, says: str) -> UsageError:
        """Return the error about a field, with the line it stands in, where that can be found again."""
        line = _line_of(self.text, key, self.name)
        place = f"{self.path}:{line}" if line else str(self.path)
        return UsageError(f"{place}: `{key}`{f' of node `{self.name}`' if self.name else ''} {says}")

    def table(self, key: str, *, node: bool = False, example: str = "") -> _Table:
        remedy = example or EXAMPLES.get(key, "such as `[nodes.a]` with `votes = 1`")
        if key not in self.fields:
            raise self.wrong(key, f"is missing: list the nodes, {remedy}")
        value = self.fields[key]
        if not isinstance(value, dict):
            raise self.wrong(key, f"must be a table, {remedy}")
        return _Table(self.path, self.text, cast("dict[str, object]", value), key if node else "")

    def quorum(self, key: str) -> str | None:
        value = self.fields.get(key)
        if isinstance(value, str):
            return value
        if key not in self.fields:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise self.wrong(key, "must be an expression in quotes, or a number of votes")

    def count(self, key: str, default: int, least: int, most: int) -> int:
        value = self.fields.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number from {least} to {most}, not {_shown(value)}")
        return value

    def rate(self, key: str, default: Fraction, *, least: int | None = None) -> Fraction:
        """Return a number above 0, or from `least`."""
        value = self.fields.get(key, default)
        number = isinstance(value, int | float | Fraction) and not isinstance(value, bool) and value < float("inf")
        if not isinstance(value, int | float | Fraction) or not number or not (value > 0 or value == least):
            raise self.wrong(key, f"must be a number {'above 0' if least is None else f'from {least}'}, not {_shown(value)}")
        return Fraction(str(value))

    def truth(self, key: str) -> bool:
        value = self.fields.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, f"must be true or false, without quotes, not {_shown(value)}")
        return value

    def word(self, key: str) -> str:
        value = self.fields[key]
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"must be a name in quotes, not {_shown(value)}")
        return value


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, int) or isinstance(value, bool) else ""
    text = text or (f"{value}" if isinstance(value, int) and abs(value) < 10**20 else "so large a number")
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def _line_of(text: str, key: str, node: str) -> int | None:
    """Return the line of a field, in the part of the text that begins with its node."""
    start = 0
    if node:
        named = re.search(
            rf'nodes\s*\.\s*["\']?{re.escape(node)}["\']?\s*[\].=]|["\']?{re.escape(node)}["\']?\s*[:=]\s*\{{', text
        )
        start = named.start() if named else 0
    found = re.compile(rf'(?<![\w-])["\']?{re.escape(key)}["\']?(?=\s*[=:\].])').search(text, start)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _text(path: Path) -> str:
    try:
        return text_of(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"cannot read `{path}`: {reason}") from None


def _document(path: Path, text: str) -> Mapping[str, object]:
    kind = "JSON" if path.suffix == ".json" else "TOML"
    try:
        found: object = json.loads(text, object_pairs_hook=_once) if kind == "JSON" else tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"`{path}` is not {kind} that can be read: it nests too deep") from None
    except ValueError as error:  # of the two parsers, of a number too long, or of `_once`
        raise UsageError(f"`{path}` is not {kind}: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"`{path}` must hold a table with `nodes`, `reads` and `writes`")
    return cast("dict[str, object]", found)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose keys stand there once: JSON itself would take the last."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"`{key}` stands there twice")
        found[key] = value
    return found


def _quorums(path: Path, members: Mapping[str, _Table], reads: str | None, writes: str | None) -> Rules:
    votes = {name: table.count("votes", 1, 1, MOST_VOTES) for name, table in members.items()}
    if (reads is None or _is_count(reads)) and (writes is None or _is_count(writes)):
        r, w = (int(q) if q is not None else None for q in (reads, writes))
        plain = set(votes.values()) == {1}
        rules = from_votes(votes, r, w, (f"{path}: reads", f"{path}: writes"))
        n, half = len(votes), len(votes) // 2 + 1
        read, write = half if r is None else r, half if w is None else w
        return Rules(rules.reads, rules.writes, counts=(n, read, write) if plain else None)
    for name, table in members.items():
        if votes[name] != 1:
            raise table.wrong("votes", f"goes with counts in `reads` and `writes`: write weighted(3, {name}=2, ...) there")
    return from_expressions(reads, writes, tuple(members), f"{path}: ")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_VOTES * MOST_NODES))


def _with_faults(path: Path, whole: _Table, members: Mapping[str, _Table], rules: Rules) -> Rules:
    fraction = whole.fields.get("read_fraction", 0.5)
    if isinstance(fraction, bool) or not isinstance(fraction, int | float | str):
        raise whole.wrong("read_fraction", f'must be a share from 0 to 1, such as 0.25 or "1/4", not {_shown(fraction)}')
    used = _used(whole.table("nodes"), rules.reads, rules.writes)
    return Rules(
        rules.reads,
        rules.writes,
        byzantine=whole.count("byzantine", 0, 0, len(members)),
        hints=whole.count("hints", 0, 0, len(members)),
        witnesses=frozenset(name for name, table in members.items() if table.truth("witness")) & used,
        zone_of={name: table.word("zone") for name, table in members.items() if "zone" in table.fields},
        speeds=_speeds(members),
        read_fraction=share(str(fraction), f"{path}: `read_fraction`"),
        workload=_workload(path, whole),
        latencies={name: table.rate("latency", Fraction(0), least=0) for name, table in members.items()},
        round_trips=_round_trips(whole),
        clients=_clients(whole),
        counts=rules.counts,
    )


def _workload(path: Path, whole: _Table) -> dict[Fraction, Fraction]:
    if "workload" not in whole.fields:
        return {}
    if "read_fraction" in whole.fields:
        raise whole.wrong("workload", "stands in for `read_fraction`: leave one of them out")
    table = whole.table("workload")
    found: dict[Fraction, Fraction] = {}
    for text in table.fields:
        fraction = share(text, f"{path}: each name in `workload`")
        if fraction in found:
            raise table.wrong(text, "stands there twice: give each share of reads one weight")
        found[fraction] = table.rate(text, Fraction(0), least=0)
    if not any(found.values()):
        raise whole.wrong("workload", 'needs a share of reads with a weight above 0, such as `"0.9" = 10`')
    return found


def _round_trips(whole: _Table) -> dict[tuple[str, str], Fraction]:
    """Return the round trips between zones, each both ways."""
    if "round_trips" not in whole.fields:
        return {}
    table = whole.table("round_trips")
    found: dict[tuple[str, str], Fraction] = {}
    for start in table.fields:
        row = table.table(start, example="such as `[round_trips.east]` with `west = 70`")
        for end in row.fields:
            trip = row.rate(end, Fraction(0), least=0)
            if found.setdefault((end, start), trip) != trip:
                raise row.wrong(end, f"is another round trip from `{start}` than back: give it once")
            found[start, end] = trip
    return found


def _clients(whole: _Table) -> dict[str, Fraction]:
    if "clients" not in whole.fields:
        return {}
    table = whole.table("clients")
    found = {zone: table.rate(zone, Fraction(0), least=0) for zone in table.fields}
    if not any(found.values()):
        raise whole.wrong("clients", "needs a zone with a weight above 0, such as `east = 3`")
    return found


def _used(nodes: _Table, reads: Expression, writes: Expression) -> frozenset[str]:
    """Return the nodes that take part. Errors: UsageError for one that no quorum names: it was forgotten, there or here."""
    used = frozenset(reads.nodes) | frozenset(writes.nodes)
    for name in nodes.fields:
        if name not in used:
            raise nodes.wrong(name, "is part of no quorum: name it in `reads` or `writes`, or leave it out")
    return used


def _speeds(members: Mapping[str, _Table]) -> dict[str, Speed]:
    speeds: dict[str, Speed] = {}
    for name, table in members.items():
        both = table.rate("capacity", Fraction(1))
        speeds[name] = Speed(table.rate("read_capacity", both), table.rate("write_capacity", both))
    rates = {name: (speed.reads, speed.writes) for name, speed in speeds.items()}
    slow, fast = min(rates, key=lambda n: min(rates[n])), max(rates, key=lambda n: max(rates[n]))
    if max(rates[fast]) > WIDEST * min(rates[slow]):
        least, most = float(min(rates[slow])), float(max(rates[fast]))
        raise members[slow].wrong(
            "capacity", f"is {least:g} where node `{fast}` has {most:g}: more than a factor of {WIDEST:,} apart"
        )
    return speeds
