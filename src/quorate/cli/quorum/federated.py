"""`quorate quorum check --fbas FILE`: a network of nodes that each say whom they trust, as text and as a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.federated.analysis import Analysis, Family, analyse
from quorate.properties.quorum.federated.trust import bits
from quorate.properties.quorum.federated.trust_file import GROUPINGS, TrustFile, from_file, named
from quorate.properties.quorum.theorems.proof import Verdict
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from quorate.report.screen import Line, Screen

ROLES = {Verdict.PROVED: Role.GOOD, Verdict.VIOLATED: Role.BAD}
KINDS = (("minimal quorums", "quorums"), ("blocking sets", "blocking"), ("splitting sets", "splitting"))


class Report:
    """A network file, what was asked of it, and what was found."""

    def __init__(self, path: str, group: str | None, organisations: str | None, delete: str | None, liars: int) -> None:
        """Errors: UsageError."""
        self.file: TrustFile = from_file(Path(path), Path(organisations) if organisations is not None else None)
        if group is not None and group not in GROUPINGS:
            raise UsageError(f"there is no grouping `{group}`{did_you_mean(group, GROUPINGS)}: choose {', '.join(GROUPINGS)}")
        if group is not None and not self.file.groups[group]:
            raise UsageError(f"{path}: no node says its {group}: leave out `--group {group}`")
        self.group = group
        self.liars = liars
        self.deleted = named(self.file, [name.strip() for name in delete.split(",")]) if delete is not None else 0
        self.network = self.file.network.without(self.deleted) if self.deleted else self.file.network
        if not self.network.names:
            raise UsageError("`--delete` leaves no node: keep at least one")
        self.group_of: Mapping[str, str] | None = self.file.groups[group] if group is not None else None

    def analyse(self, show: int | None, timeout: float) -> Analysis:
        """Return what was found in so many seconds."""
        return analyse(self.network, self.group_of, show=show, timeout=timeout)

    def verdict(self, found: Analysis) -> Verdict:
        """Return the verdict: of quorum intersection, although so many (nodes or groups) lie."""
        if found.verdict is not Verdict.PROVED or not self.liars or found.splitting.none:
            return found.verdict
        if found.splitting.smallest is None:
            return Verdict.UNKNOWN
        return Verdict.PROVED if found.splitting.smallest > self.liars else Verdict.VIOLATED

    def called(self, nodes: int) -> list[str]:
        return [self.file.called[name] for name in self.network.called(nodes)]

    def unit(self, unit: int) -> str:
        """Return what to call a node, or a group."""
        name = next(iter(self.network.called(unit)))
        return (self.group_of or {}).get(name) or self.file.called[name]

    def units(self, found: frozenset[int]) -> list[str]:
        return sorted(map(self.unit, found), key=str.casefold)


def lines(report: Report, found: Analysis, screen: Screen) -> Iterator[Line]:
    """Yield the whole answer in one screen."""
    core = sum(part.bit_count() for part in found.cores)
    parts = f"; {len(found.cores)} parts of it hold quorums of their own" if len(found.cores) > 1 else ""
    yield from _filled(f"{_many(len(report.network.names), 'node')}, {core} of them in the core{parts}{_aside(report)}", screen)
    yield ()
    verdict = report.verdict(found)
    word = f"{'holds' if verdict is Verdict.PROVED else verdict.value:<9}"
    first, *rest = wrapped(_sentence(report, found, verdict), screen.width - 10)
    yield line(Span(word, ROLES.get(verdict, Role.DOUBT)), " ", first)
    yield from (line(" " * 10, text) for text in rest)
    if found.verdict is Verdict.VACUOUS:
        return
    yield ()
    yield from _table(report, found)
    yield from _examples(report, found, screen)
    yield from _who(report, found, screen)


def _aside(report: Report) -> str:
    said = [
        (len(report.file.unlisted), "trusted and not listed: in no quorum"),
        (len(report.file.silent), "without a quorum set: in no quorum"),
        (report.deleted.bit_count(), "deleted: they say whatever is wanted of them"),
    ]
    return "".join(f"; {count} {what}" for count, what in said if count)


def _sentence(report: Report, found: Analysis, verdict: Verdict) -> str:
    if found.verdict is Verdict.VACUOUS:
        return "there is no quorum at all: no set of nodes satisfies everybody in it"
    if found.verdict is Verdict.UNKNOWN:
        return f"whether any two quorums meet is unknown: {found.reason}"
    if found.disjoint is not None:
        one, other = (_set(report.called(side)) for side in (found.disjoint.one, found.disjoint.other))
        return f"two quorums share no node: {one} and {other}"
    checked = "; each two of the minimal ones were compared as well" if found.pairs_checked else ""
    if not report.liars:
        return f"any two quorums share a node{checked}"
    what = _many(report.liars, report.group or "node")
    if verdict is Verdict.UNKNOWN:
        return f"any two quorums share a node; whether they do although {what} may lie was not found in time"
    if verdict is Verdict.PROVED:
        return f"any two quorums share a node that does not lie, although {what} may{checked}"
    return f"any two quorums share a node, and {what} that lie may split the others{_such_as(report, found.splitting)}"


def _such_as(report: Report, family: Family) -> str:
    return f", such as {_set(report.units(family.shown[0]))}" if family.shown else ""


def _table(report: Report, found: Analysis) -> Iterator[Line]:
    of = {"organisation": "organisations", "country": "countries", "name": "names"}.get(report.group or "", "nodes")
    rows = [(f"in {of}", "smallest", "largest", "how many")]
    for title, name in KINDS:
        family: Family = getattr(found, name)
        rows.append((title, _known(family, family.smallest), _known(family, family.largest), _known(family, family.count)))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for i, row in enumerate(rows):
        text = "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        yield line(Span(text, Role.STRONG) if i == 0 else text)


def _known(family: Family, number: int | None) -> str:
    if family.none:
        return "none"
    if number is None:
        return "unknown"
    return f"{number:,}" if number < 10**12 else f"over 10^{len(str(number)) - 1}"


def _examples(report: Report, found: Analysis, screen: Screen) -> Iterator[Line]:
    yield ()
    for title, name in KINDS:
        family: Family = getattr(found, name)
        listed = ", ".join(_set(report.units(units)) for units in family.shown)
        tail = "" if family.count == len(family.shown) else ", ..."
        if listed:
            yield from _filled(f"{title}: {listed}{tail}", screen)


def _who(report: Report, found: Analysis, screen: Screen) -> Iterator[Line]:
    yield ()
    if found.top_tier is None:
        yield from _filled("top tier: not found in time", screen)
    else:
        names = report.units(frozenset(u for units in found.units.classes for u in units if u & found.top_tier))
        yield from _filled(f"top tier, whoever is in a minimal quorum ({len(names)}): {', '.join(names)}", screen)
    if found.core_splitting is not None and found.core_splitting != found.splitting.smallest:
        count = _many(found.core_splitting, report.group or "node")
        yield from _filled(f"to split the core itself takes {count} that lie; fewer lead others astray", screen)
    if found.dispensable is not None:
        rest = report.network.everyone & ~found.dispensable
        most = _set(report.called(rest)) if rest else "none"
        yield from _filled(
            f"any one of {found.dispensable.bit_count()} nodes may be deleted, though it lies: the others still meet and have a"
            f" quorum; not so: {most}",
            screen,
        )


def _set(names: list[str], most: int = 24) -> str:
    tail = f", ... {len(names) - most + 1} more" if len(names) > most else ""
    return f"{{{', '.join(names[: most - 1] if tail else names)}{tail}}}"


def _many(count: int, what: str) -> str:
    plural = {"country": "countries"}.get(what, f"{what}s")
    return f"{count} {what if count == 1 else plural}"


def _filled(text: str, screen: Screen) -> Iterator[Line]:
    for i, part in enumerate(wrapped(text, screen.width - 2)):
        yield line("  " if i else "", part)


def document(report: Report, found: Analysis, code: int) -> dict[str, object]:
    """Return the document; nodes are named by their keys, groups by their names."""
    network = report.network
    disjoint = None if found.disjoint is None else [list(network.called(s)) for s in (found.disjoint.one, found.disjoint.other)]
    return {
        "format": "quorate-quorum-fbas",
        "version": 1,
        "exit_code": code,
        "verdict": report.verdict(found).value,
        "reason": found.reason,
        "nodes": list(network.names),
        "names": {name: report.file.called[name] for name in network.names if report.file.called[name] != name},
        "unlisted": list(report.file.unlisted),
        "without_quorum_set": list(report.file.silent),
        "deleted": list(report.file.network.called(report.deleted)),
        "byzantine": report.liars,
        "group": report.group,
        "intersection": found.verdict.value,
        "disjoint_quorums": disjoint,
        "cores": [list(network.called(core)) for core in found.cores],
        "minimal_quorums": _family(report, found.quorums),
        "blocking_sets": _family(report, found.blocking),
        "splitting_sets": _family(report, found.splitting),
        "core_splitting": found.core_splitting,
        "top_tier": None if found.top_tier is None else list(network.called(found.top_tier)),
        "dispensable": None if found.dispensable is None else list(network.called(found.dispensable)),
    }


def _family(report: Report, family: Family) -> dict[str, object]:
    def named_units(units: frozenset[int]) -> list[str]:
        firsts = (report.network.names[next(bits(unit))] for unit in sorted(units, key=lambda u: u & -u))
        return [(report.group_of or {}).get(name) or name for name in firsts]

    numbers = {"smallest": family.smallest, "largest": family.largest, "count": family.count}
    return {"exist": not family.none, **numbers, "sets": [named_units(units) for units in family.shown]}
