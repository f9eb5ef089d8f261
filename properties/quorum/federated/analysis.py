"""The verb `check` for federated quorums: do all quorums meet, what stops the network, what splits it, who decides.

After Florian, Henningsen, Ndolo & Scheuermann, "The Sum of Its Parts: Analysis of Federated Byzantine Agreement Systems"
(2022), and Gaul, Khoffi, Liesen & Stueber, "Mathematical Analysis and Algorithms for Federated Byzantine Agreement Systems"
(2019). Read next: `trust.py`, what a quorum is; `minimal.py`, `splitting.py`, how sets are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, TypeVar

from quorate.language.errors import Defect
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.federated import minimal, splitting
from quorate.properties.quorum.federated.units import Units, Vector, groups, single_nodes
from quorate.properties.quorum.theorems.proof import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from quorate.properties.quorum.federated.trust import Network

TIMEOUT = 10.0
MOST_VECTORS = 20_000  # minimal sets up to symmetry that are kept
MOST_PAIRS = 2_000  # minimal quorums that are held against each other, pair by pair
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Family:
    """Minimal sets of units of one kind.

    `smallest` is None where it was not found in time or there is none (`none`), `count` and `largest` where not all were
    found. `shown` are the first, the smallest first, each a set of units.
    """

    smallest: int | None = None
    count: int | None = None
    largest: int | None = None
    shown: tuple[frozenset[int], ...] = ()
    none: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """The answer. Where time ran out, a field is None, and a family without its count."""

    network: Network
    units: Units
    verdict: Verdict  # of quorum intersection; vacuous where there is no quorum at all
    reason: str
    disjoint: splitting.Split | None
    cores: tuple[int, ...]
    quorums: Family
    blocking: Family
    splitting: Family
    core_splitting: int | None  # the fewest liars that split the core itself, whoever else is led astray
    top_tier: int | None
    dispensable: int | None  # nodes any one of which may lie or stop, and the others still meet and have a quorum
    pairs_checked: bool  # every two minimal quorums were compared as well


def analyse(
    network: Network, group_of: Mapping[str, str] | None = None, *, show: int | None = 5, timeout: float = TIMEOUT
) -> Analysis:
    """Return everything `quorate quorum check --fbas` says, as far as `timeout` seconds go altogether.

    With `group_of` the sets are of groups: all nodes of a group fail or lie together. `show` is how many sets of each
    kind are returned, None all.
    """
    network = network.with_themselves()
    with patience.within(timeout):
        return _analyse(network, group_of, show)


def _analyse(network: Network, group_of: Mapping[str, str] | None, show: int | None) -> Analysis:
    core = _union(network.cores)
    everyone = network.everyone
    units = single_nodes(network, core, core) if group_of is None else groups(network, core, group_of)
    liars = single_nodes(network, everyone, everyone) if group_of is None else groups(network, everyone, group_of)
    near = single_nodes(network, everyone, core) if group_of is None else liars
    verdict, disjoint, reason = _intersection(network)
    if not network.cores:
        none = Family(none=True, count=0)
        return Analysis(network, units, verdict, reason, None, (), none, none, none, None, 0, 0, False)
    question = minimal.Question(network, units)
    fewest = _in_time(lambda: minimal.smallest_quorum(question))
    blocking = _in_time(lambda: minimal.smallest_blocking_set(question))
    quorums, blocks, complete = _minimal_sets(question)
    split = _smallest_split(network, everyone, liars)
    core_split = split if core == everyone else _smallest_split(network, core, near)
    dispensable = _in_time(lambda: _dispensable(network))
    splits, all_splits = _listed(splitting.minimal_splitting_sets(network, everyone, liars), patience.left())
    checked = _pairs(quorums, units, verdict) if complete else False
    return Analysis(
        network,
        units,
        verdict,
        reason,
        disjoint,
        network.cores,
        _family(units, fewest, quorums, complete, show),
        _family(units, blocking, blocks, complete, show),
        _split_family(liars, split, splits, all_splits, show),
        _size(core_split),
        _top_tier(units, quorums) if complete else None,
        dispensable,
        checked,
    )


def _in_time(ask: Callable[[], Found]) -> Found | None:
    with patience.within(patience.left() / 2):
        try:
            return ask()
        except patience.OutOfTimeError:
            return None


def _intersection(network: Network) -> tuple[Verdict, splitting.Split | None, str]:
    if not network.cores:
        return Verdict.VACUOUS, None, "there is no quorum at all"
    with patience.within(patience.left() / 2):
        try:
            found = splitting.disjoint_quorums(network)
        except patience.OutOfTimeError as error:
            return Verdict.UNKNOWN, None, str(error)
    return (Verdict.PROVED if found is None else Verdict.VIOLATED), found, ""


@dataclass(frozen=True, slots=True)
class _Fewest:
    """How many units have to lie at least; None where no liars split."""

    units: int | None


def _smallest_split(network: Network, sides: int, liars: Units) -> _Fewest | None:
    def ask() -> _Fewest:
        found = splitting.smallest_split(network, sides, liars)
        touched = (bool(unit & found.liars) for units in liars.classes for unit in units) if found else ()
        return _Fewest(sum(touched) if found else None)

    return _in_time(ask)


def _size(fewest: _Fewest | None) -> int | None:
    return None if fewest is None else fewest.units


def _union(parts: tuple[int, ...]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found


def _dispensable(network: Network) -> int:
    """Return the nodes without any one of which, lying, the others neither split nor lack a quorum."""
    everyone = single_nodes(network, network.everyone, network.everyone)
    alone = splitting.splitters(network, network.everyone, everyone)
    found = network.everyone
    for i in alone:
        found &= ~(1 << i)
    for units in everyone.classes:
        if not network.largest_quorum(network.everyone & ~units[0]):
            found &= ~_union(units)
    return found


def _minimal_sets(question: minimal.Question) -> tuple[list[Vector], list[Vector], bool]:
    quorums: list[Vector] = []
    blocking: list[Vector] = []
    with patience.within(patience.left() / 2):
        try:
            for is_quorum, vector in minimal.minimal_sets(question):
                (quorums if is_quorum else blocking).append(vector)
                if len(quorums) + len(blocking) > MOST_VECTORS:
                    return quorums, blocking, False
        except patience.OutOfTimeError:
            return quorums, blocking, False
    return quorums, blocking, True


def _listed(found: Iterator[Vector], seconds: float) -> tuple[list[Vector], bool]:
    vectors: list[Vector] = []
    with patience.within(seconds):
        try:
            for vector in found:
                vectors.append(vector)
                if len(vectors) > MOST_VECTORS:
                    return vectors, False
        except patience.OutOfTimeError:
            return vectors, False
    return vectors, True


def _family(units: Units, smallest: Vector | None, vectors: list[Vector], complete: bool, show: int | None) -> Family:
    sizes = sorted(sum(v) for v in vectors)
    known = sizes[0] if complete else (sum(smallest) if smallest is not None else None)
    if smallest is not None and complete and sum(smallest) != sizes[0]:
        raise Defect(f"the smallest set has {sum(smallest)} units by one search and {sizes[0]} by the other")
    count = sum(map(units.count, vectors)) if complete else None
    listed = vectors if complete or smallest is None else [smallest, *(v for v in vectors if v != smallest)]
    return Family(known, count, sizes[-1] if complete else None, _first(units, listed, show))


def _split_family(units: Units, fewest: _Fewest | None, vectors: list[Vector], complete: bool, show: int | None) -> Family:
    if fewest is not None and fewest.units is None:
        return Family(none=True, count=0)
    sizes = [sum(v) for v in vectors]
    if complete and fewest is not None and min(sizes) != fewest.units:
        raise Defect(f"the smallest splitting set has {fewest.units} units by one search and {min(sizes)} by the other")
    known = min(sizes) if complete else _size(fewest)
    count = sum(map(units.count, vectors)) if complete else None
    return Family(known, count, max(sizes) if complete else None, _first(units, vectors, show))


def _first(units: Units, vectors: list[Vector], show: int | None) -> tuple[frozenset[int], ...]:
    found: list[frozenset[int]] = []
    for vector in sorted(vectors, key=lambda v: (sum(v), tuple(-k for k in v))):
        if show is not None and len(found) >= show:
            break
        found += units.members(vector, None if show is None else show - len(found))
    return tuple(found)


def _top_tier(units: Units, quorums: list[Vector]) -> int:
    """Return the nodes of the units that some minimal quorum has."""
    return _union(tuple(_union(members) for c, members in enumerate(units.classes) if any(v[c] for v in quorums)))


def _pairs(quorums: list[Vector], units: Units, verdict: Verdict) -> bool:
    """Compare every two minimal quorums, where they are few: a second way to the same verdict. Errors: Defect.

    Of like nodes two quorums take some apart where there are enough for both.
    """
    if any(unit.bit_count() > 1 for members in units.classes for unit in members) or len(quorums) > MOST_PAIRS:
        return False
    apart = any(
        all(a + b <= size for a, b, size in zip(v, w, units.sizes, strict=True))
        for v, w in combinations_with_replacement(quorums, 2)
    )
    if verdict is not Verdict.UNKNOWN and apart != (verdict is Verdict.VIOLATED):
        raise Defect("whether two quorums are disjoint has two answers")
    return True
