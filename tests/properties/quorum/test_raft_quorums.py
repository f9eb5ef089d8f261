"""Majority and joint quorums decide votes and commits as the `quorum` package of etcd's Raft documents them."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from quorate.properties.quorum.clusters.configurations import ENDLESS, Election, configuration
from quorate.properties.quorum.clusters.expressions import Expression, Node, majority
from quorate.properties.quorum.clusters.overlap import least_overlap


def quorums(servers: str) -> Expression:
    return majority([Node(s) for s in servers])


def both(old: str, new: str) -> Expression:
    """Return the joint quorums; a half that is empty leaves the other half alone."""
    return quorums(old) * quorums(new) if old and new else quorums(old or new)


def ballots(servers: str, votes: str) -> dict[str, bool]:
    """Return who voted what: each server's vote is `y`, `n`, or `_` for not yet."""
    return {s: v == "y" for s, v in zip(servers, votes, strict=True) if v != "_"}


def vote_by_sets(expression: Expression, servers: str, votes: str) -> str:
    """Return how an election stands, by which sets hold a quorum: a second way, for what follows."""
    said = dict(zip(servers, votes, strict=True))
    if expression.accepts(frozenset(s for s in servers if said[s] == "y")):
        return "won"
    return "pending" if expression.accepts(frozenset(s for s in servers if said[s] != "n")) else "lost"


def committed_by_sets(expression: Expression, acknowledged: dict[str, int]) -> int:
    """Return the highest index that a quorum has acknowledged, by trying each."""

    def reached(index: int) -> frozenset[str]:
        return frozenset(s for s, a in acknowledged.items() if a >= index)

    return max((i for i in acknowledged.values() if expression.accepts(reached(i))), default=0)


@pytest.mark.parametrize(
    ("servers", "votes", "expected"),
    [
        ("1", "_", "pending"), ("1", "n", "lost"), ("1", "y", "won"),
        ("48", "n_", "lost"), ("48", "y_", "pending"), ("48", "yy", "won"),
        ("247", "n__", "pending"), ("247", "nn_", "lost"), ("247", "yn_", "pending"), ("247", "yyn", "won"),
        ("1234567", "yyny___", "pending"), ("1234567", "yyny_ny", "won"), ("1234567", "yynynnn", "lost"),
    ],
)  # fmt: skip
def test_votes_of_a_majority(servers: str, votes: str, expected: str) -> None:
    assert configuration(servers).election(ballots(servers, votes)).value == expected


@pytest.mark.parametrize(
    ("old", "new", "votes", "expected"),
    [
        ("1", "", "y", "won"), ("1", "1", "n", "lost"), ("1", "2", "y_", "pending"), ("1", "2", "yn", "lost"),
        ("12", "34", "yy__", "pending"), ("12", "34", "yyn_", "lost"), ("12", "34", "yyyy", "won"),
        ("12", "23", "_n_", "lost"), ("12", "23", "yy_", "pending"), ("12", "12", "y_", "pending"),
        ("123", "234", "_n__", "pending"), ("123", "234", "_nn_", "lost"), ("123", "234", "_yy_", "won"),
        ("123", "234", "yy__", "pending"), ("123", "234", "yynn", "lost"), ("123", "234", "yyny", "won"),
    ],
)  # fmt: skip
def test_votes_of_a_joint_configuration(old: str, new: str, votes: str, expected: str) -> None:
    assert configuration(old, new).election(ballots("".join(sorted({*old, *new})), votes)).value == expected
    assert configuration(new, old).election(ballots("".join(sorted({*old, *new})), votes)).value == expected


@pytest.mark.parametrize(
    ("old", "new", "acknowledged", "expected"),
    [
        ("1", "", "_", 0), ("1", "", "12", 12), ("12", "", "12 _", 0), ("12", "", "12 5", 5),
        ("123", "", "12 5 _", 5), ("123", "", "12 5 6", 6), ("123", "", "100 101 103", 101),
        ("12345", "", "101 104 103 103 _", 103), ("12345", "", "101 102 103 103 _", 102),
        ("1", "2", "100 _", 0), ("1", "2", "13 100", 13), ("1", "1", "100", 100), ("13", "2", "100 _ 50", 0),
        ("13", "2", "100 45 50", 45), ("12", "34", "50 48 49 _", 0), ("12", "34", "50 48 49 47", 47),
        ("123", "456", "_ 99 90 97 95 _", 90), ("123", "456", "92 99 90 97 95 _", 92), ("123", "145", "_ 100 99 99 98", 98),
        ("123", "234", "100 99 _ 101", 99), ("123", "234", "100 _ _ 101", 0), ("1234", "", "102 103 103 101", 102),
    ],
)  # fmt: skip
def test_what_is_committed_in_the_cases_of_etcd(old: str, new: str, acknowledged: str, expected: int) -> None:
    servers = sorted({*old, *new})
    said = {s: int(i) for s, i in zip(servers, acknowledged.split(), strict=True) if i != "_"}
    assert configuration(old, new).committed(said) == configuration(new, old).committed(said) == expected


def test_an_empty_configuration_commits_everything_and_wins() -> None:
    assert configuration("").committed({}) == ENDLESS
    assert configuration("").election({}) is Election.WON
    assert configuration("", "12").committed({"1": 3, "2": 4}) == 3
    assert configuration("12", "").election({"1": True}) is Election.PENDING


def test_who_is_no_member_does_not_count() -> None:
    assert configuration("12").committed({"1": 3, "2": 4, "3": 9}) == 3
    assert configuration("1").election({"2": False, "3": True}) is Election.PENDING


def test_every_vote_and_every_index_in_every_small_configuration() -> None:
    sets = ["".join(c) for k in range(4) for c in combinations("1234", k)]
    for old, new in product(sets, repeat=2):
        servers = "".join(sorted({*old, *new}))
        if not servers:
            continue
        for votes in product("yn_", repeat=len(servers)):
            found = configuration(old, new).election(ballots(servers, "".join(votes)))
            assert found.value == vote_by_sets(both(old, new), servers, "".join(votes))
        for indexes in product((0, 5, 7), repeat=len(servers)):
            said: dict[str, int] = dict(zip(servers, indexes, strict=True))
            assert configuration(old, new).committed(said) == committed_by_sets(both(old, new), said)


def test_joint_quorums_meet_the_majorities_of_both_sides() -> None:
    sets = ["".join(c) for k in (1, 2, 3) for c in combinations("123", k)]
    for old in sets:
        for new in sets:
            joint = both(old, new)
            for other in (quorums(old), quorums(new), joint):
                found = least_overlap(joint, other).size
                assert found is not None
                assert found >= 1


def test_majorities_of_both_sides_alone_may_not_meet() -> None:
    assert least_overlap(quorums("123"), quorums("345")).size == 0
    assert least_overlap(quorums("123"), quorums("1234")).size == 1
