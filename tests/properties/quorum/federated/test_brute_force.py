"""Federated quorums by brute force: every set of nodes of small networks, and every two or three of them."""

from __future__ import annotations

import random
from itertools import product

import pytest

from quorate.properties.quorum.federated.analysis import Analysis, Family, analyse
from quorate.properties.quorum.federated.trust import NEVER, Network, QuorumSet, bits
from quorate.properties.quorum.theorems.proof import Verdict

SEEDS = range(6)
EACH = 40


def satisfied(quorum_set: QuorumSet, by: int) -> bool:
    """Say whether these nodes satisfy a quorum set: the definition, written a second time."""
    got = [bool(by >> i & 1) for i in bits(quorum_set.validators)] + [satisfied(q, by) for q in quorum_set.inner]
    return sum(got) >= quorum_set.threshold


def quorums(network: Network, helped_by: int = 0) -> list[int]:
    """Return every quorum, or what is one once some nodes are deleted."""
    rest = [s for s in range(1, network.everyone + 1) if not s & helped_by]
    return [s for s in rest if all(satisfied(network.sets[i], s | helped_by) for i in bits(s))]


def minimal(sets: list[int]) -> set[int]:
    return {s for s in sets if not any(t & s == t and t != s for t in sets)}


def splits(network: Network, liars: int) -> bool:
    found = quorums(network, liars)
    return any(not a & b for a in found for b in found)


def network(draw: random.Random) -> Network:
    """Return a network of up to six nodes, some of which trust alike, some nobody, some with inner sets."""
    count = draw.randint(1, 6)
    everyone = (1 << count) - 1

    def quorum_set(depth: int) -> QuorumSet:
        validators = draw.randint(0, everyone)
        inner = tuple(quorum_set(depth + 1) for _ in range(draw.choice([0, 0, 1, 2]) if depth < 2 else 0))
        size = validators.bit_count() + len(inner)
        return QuorumSet(draw.choice([(size + 2) // 2, (2 * size + 2) // 3, draw.randint(0, size + 1)]), validators, inner)

    kinds = [quorum_set(0) for _ in range(draw.randint(1, 3))]
    sets = [draw.choice([*kinds, *kinds, quorum_set(0), NEVER]) for _ in range(count)]
    return Network(tuple(f"n{i}" for i in range(count)), tuple(sets))


def expand(family: Family, of: Network) -> set[int]:
    """Return the sets of a family as nodes; each must stand there once."""
    sets = [sum(units) for units in family.shown]
    assert len(set(sets)) == len(sets) == family.count
    assert all(s <= of.everyone for s in sets)
    return set(sets)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_about_small_networks(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(EACH):
        some = network(draw)
        compare(some, analyse(some, show=None, timeout=60))


def compare(some: Network, found: Analysis) -> None:
    everyone = some.everyone
    every = quorums(some)
    apart = any(not a & b for a in every for b in every)
    assert found.verdict is (Verdict.VACUOUS if not every else Verdict.VIOLATED if apart else Verdict.PROVED)
    if not every:
        assert found.quorums.none
        return
    if apart:
        assert found.disjoint is not None
        assert {found.disjoint.one, found.disjoint.other} <= minimal(every)
        assert not found.disjoint.one & found.disjoint.other
    assert expand(found.quorums, some) == minimal(every)
    blocking = minimal([s for s in range(everyone + 1) if all(s & q for q in every)])
    assert expand(found.blocking, some) == blocking
    assert found.quorums.smallest == min(q.bit_count() for q in every)
    assert found.blocking.smallest == min(b.bit_count() for b in blocking)
    top = 0
    for q in minimal(every):
        top |= q
    assert found.top_tier == top
    splitting = [s for s in range(everyone + 1) if splits(some, s)]
    assert found.splitting.none == (not splitting)
    assert expand(found.splitting, some) == minimal(splitting)
    if splitting:
        assert found.splitting.smallest == min(s.bit_count() for s in splitting)
    alone = [i for i in range(len(some.names)) if not splits(some, 1 << i) and any(not q >> i & 1 for q in every)]
    assert found.dispensable == sum(1 << i for i in alone)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_fail_and_lie_together(seed: int) -> None:
    draw = random.Random(1000 + seed)
    for _ in range(EACH // 2):
        some = network(draw)
        of = {name: draw.choice("xyz") for name in some.names if draw.random() < 0.8}
        found = analyse(some, of, show=None, timeout=60)
        members: dict[str, int] = {}
        for i, name in enumerate(some.names):
            members[of.get(name, name)] = members.get(of.get(name, name), 0) | 1 << i
        joined = [
            sum(m for m, chosen in zip(members.values(), c, strict=True) if chosen)
            for c in product((0, 1), repeat=len(members))
        ]
        every = quorums(some)
        if not every:
            continue
        assert expand(found.blocking, some) == minimal([s for s in joined if all(s & q for q in every)])
        core = 0
        for q in minimal(every):
            core |= q
        holding = minimal([s for s in joined if any(q & s == q for q in every)])
        assert expand(found.quorums, some) == holding
        lying = [s for s in joined if any(splits(some, t) for t in range(some.everyone + 1) if t & s == t)]
        assert expand(found.splitting, some) == minimal(lying)


def test_a_deletion_is_a_quorum_helped_by_the_deleted() -> None:
    draw = random.Random(5)
    for _ in range(EACH):
        some = network(draw)
        deleted = draw.randint(0, some.everyone)
        rest = list(bits(some.everyone & ~deleted))
        expected = {tuple(some.names[i] for i in bits(q)) for q in quorums(some, deleted)}
        assert {some.without(deleted).called(q) for q in quorums(some.without(deleted))} == expected
        assert some.without(deleted).names == tuple(some.names[i] for i in rest)
