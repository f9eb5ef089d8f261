"""A real cluster and its quorum rules: from numbers, votes, zones, expressions, or a TOML or JSON file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.clusters.expressions import Expression, choose, numbered, weighted, zones
from quorate.properties.quorum.clusters.notation import quorum_expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_NODES = 1000


@dataclass(frozen=True, slots=True)
class Speed:
    """How many reads, and how many writes, a node can take in a unit of time."""

    reads: Fraction = Fraction(1)
    writes: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rules:
    """A cluster's read and write quorums, and what its nodes may do.

    `byzantine` nodes may lie, `hints` answers to a write may come from outside, `witnesses` vote and hold no data.
    `counts` is (N, R, W) where the quorums are plain counts of alike nodes: only then is staleness a formula.
    """

    reads: Expression
    writes: Expression
    byzantine: int = 0
    hints: int = 0
    witnesses: frozenset[str] = frozenset()
    zone_of: Mapping[str, str] = field(default_factory=dict[str, str])
    speeds: Mapping[str, Speed] = field(default_factory=dict[str, Speed])
    read_fraction: Fraction = Fraction(1, 2)
    counts: tuple[int, int, int] | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.reads.nodes, *self.writes.nodes)))


def from_counts(n: int, r: int | None, w: int | None) -> Rules:
    """Return the rules of N alike nodes; a count left out is a majority."""
    if not 1 <= n <= MOST_NODES:
        raise UsageError(f"a cluster of {n} nodes cannot be checked: give `-n` from 1 to {MOST_NODES}")
    reads, writes = (n // 2 + 1 if q is None else q for q in (r, w))
    for option, q in (("-r", reads), ("-w", writes)):
        if not 1 <= q <= n:
            raise UsageError(f"`{option} {q}` is not a quorum of {n} nodes: give a number from 1 to {n}")
    nodes = numbered(n)
    return Rules(choose(reads, nodes), choose(writes, nodes), counts=(n, reads, writes))


def from_votes(votes: Mapping[str, int], r: int | None, w: int | None, names: tuple[str, str] = ("-r", "-w")) -> Rules:
    """Return the rules of weighted votes; a threshold left out is more than half of them."""
    for node, v in votes.items():
        if v <= 0:
            raise UsageError(f"`{node}` cannot have {v} votes: leave it out, or give it at least 1")
    all_votes = sum(votes.values())
    half = all_votes // 2 + 1
    for option, q in zip(names, (r, w), strict=True):
        if q is not None and not 1 <= q <= all_votes:
            raise UsageError(f"`{option} {q}` is not a quorum of {all_votes} votes: give a number from 1 to {all_votes}")
    return Rules(weighted(r or half, votes), weighted(w or half, votes))


def from_zones(sizes: Mapping[str, int], r: int | None, w: int | None) -> Rules:
    """Return the rules of majorities inside zones, of `r` and `w` zones; a count left out is a majority of zones."""
    for zone, count in sizes.items():
        if count <= 0:
            raise UsageError(f"zone `{zone}` cannot have {count} nodes: leave it out, or give it at least 1")
    half = len(sizes) // 2 + 1
    for option, q in (("-r", r), ("-w", w)):
        if q is not None and not 1 <= q <= len(sizes):
            raise UsageError(f"`{option} {q}` is not a quorum of {len(sizes)} zones: give a number from 1 to {len(sizes)}")
    zone_of = {str(node): zone for zone, count in sizes.items() for node in numbered(count, f"{zone}.")}
    return Rules(zones(sizes, r or half), zones(sizes, w or half), zone_of=zone_of)


def from_expressions(reads: str | None, writes: str | None, nodes: Sequence[str] | None = None, where: str = "--") -> Rules:
    """Return the rules of typed expressions; one left out is the dual of the other, the best that meets it."""
    if reads is None and writes is None:
        raise UsageError("a cluster needs quorums: give `--reads`, `--writes`, or both")
    r = quorum_expression(reads, f"{where}reads", nodes) if reads is not None else None
    w = quorum_expression(writes, f"{where}writes", nodes) if writes is not None else None
    if r is None:
        assert w is not None
        return Rules(w.dual(), w)
    return Rules(r, w if w is not None else r.dual())


FIELDS = frozenset({"nodes", "reads", "writes", "byzantine", "hints", "read_fraction"})
NODE_FIELDS = frozenset({"votes", "zone", "witness", "capacity", "read_capacity", "write_capacity"})


def from_file(path: Path) -> Rules:
    """Return the rules of a cluster file; UsageError names the file and the key that is missing, unknown or wrong."""
    document = _document(path)
    _known(path, document, FIELDS, "")
    table = _table(path, document, "nodes")
    if not table:
        raise UsageError(f"{path}: `nodes` is empty: name at least one node")
    for name in table:
        _known(path, _table(path, table, name), NODE_FIELDS, f" of node `{name}`")
    members = {name: _table(path, table, name) for name in table}
    reads, writes = (_text(path, document, key) for key in ("reads", "writes"))
    rules = _quorums(path, members, reads, writes)
    return _with_faults(path, document, members, rules)


def _document(path: Path) -> Mapping[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "it is not UTF-8 text"
        raise UsageError(f"cannot read `{path}`: {reason}") from None
    try:
        found: object = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as e:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise UsageError(f"`{path}` is not {kind}: {e}") from None
    if not isinstance(found, dict):
        raise UsageError(f"`{path}` must hold a table with `nodes`, `reads` and `writes`")
    return cast("dict[str, object]", found)


def _known(path: Path, table: Mapping[str, object], fields: frozenset[str], where: str) -> None:
    for key in table:
        if key not in fields:
            hint = did_you_mean(key, fields)
            raise UsageError(f"{path}: unknown field `{key}`{where}{hint}; the fields are {', '.join(sorted(fields))}")


def _table(path: Path, table: Mapping[str, object], key: str) -> Mapping[str, object]:
    if key not in table:
        raise UsageError(f"{path}: `{key}` is missing: list the nodes, such as `[nodes.a]` with `votes = 1`")
    value = table[key]
    if not isinstance(value, dict):
        raise UsageError(f"{path}: `{key}` must be a table, such as `[nodes.a]` with `votes = 1`")
    return cast("dict[str, object]", value)


def _text(path: Path, table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise UsageError(f"{path}: `{key}` must be an expression in quotes, or a number of votes")


def _count(path: Path, table: Mapping[str, object], key: str, default: int, least: int = 0) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError(f"{path}: `{key}` must be a whole number of at least {least}, not `{value}`")
    return value


def _rate(path: Path, table: Mapping[str, object], key: str, default: Fraction) -> Fraction:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction) or not 0 < value < float("inf"):
        raise UsageError(f"{path}: `{key}` must be a number above 0, not `{value}`")
    return Fraction(str(value))


def _quorums(path: Path, members: Mapping[str, Mapping[str, object]], reads: str | None, writes: str | None) -> Rules:
    votes = {name: _count(path, table, "votes", 1, least=1) for name, table in members.items()}
    if (reads is None or reads.isdigit()) and (writes is None or writes.isdigit()):
        r, w = (int(q) if q is not None else None for q in (reads, writes))
        plain = set(votes.values()) == {1}
        rules = from_votes(votes, r, w, (f"{path}: reads", f"{path}: writes"))
        n, half = len(votes), len(votes) // 2 + 1
        return Rules(rules.reads, rules.writes, counts=(n, r or half, w or half) if plain else None)
    return from_expressions(reads, writes, tuple(members), f"{path}: ")


def _with_faults(
    path: Path, document: Mapping[str, object], members: Mapping[str, Mapping[str, object]], rules: Rules
) -> Rules:
    speeds: dict[str, Speed] = {}
    for name, table in members.items():
        both = _rate(path, table, "capacity", Fraction(1))
        speeds[name] = Speed(_rate(path, table, "read_capacity", both), _rate(path, table, "write_capacity", both))
    fraction = document.get("read_fraction", 0.5)
    return Rules(
        rules.reads,
        rules.writes,
        byzantine=_count(path, document, "byzantine", 0),
        hints=_count(path, document, "hints", 0),
        witnesses=frozenset(name for name, table in members.items() if table.get("witness") is True),
        zone_of={name: str(table["zone"]) for name, table in members.items() if "zone" in table},
        speeds=speeds,
        read_fraction=share(str(fraction), f"{path}: `read_fraction`"),
        counts=rules.counts,
    )


def share(text: str, name: str) -> Fraction:
    """Return a share from 0 to 1, typed as 0.25 or 1/4."""
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1:
        raise UsageError(f"{name} must be a share from 0 to 1, such as 0.25 or 1/4, not `{text}`")
    return value
