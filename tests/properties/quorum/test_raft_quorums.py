"""Majority and joint quorums decide votes and commits as the `quorum` package of etcd's Raft documents them."""

from __future__ import annotations

from itertools import combinations

import pytest

from quorate.language.errors import UsageError
from quorate.properties.quorum.clusters.expressions import Expression, Node, majority
from quorate.properties.quorum.clusters.overlap import least_overlap


def configuration(servers: str) -> Expression:
    return majority([Node(s) for s in servers])


def joint(old: str, new: str) -> Expression:
    """Return the joint quorums; a half that is empty leaves the other half alone."""
    return configuration(old) * configuration(new) if old and new else configuration(old or new)


def vote(quorums: Expression, servers: str, votes: str) -> str:
    """Return how an election stands: each server's vote is `y`, `n`, or `_` for not yet."""
    said = dict(zip(servers, votes, strict=True))
    if quorums.accepts(frozenset(s for s in servers if said[s] == "y")):
        return "won"
    return "pending" if quorums.accepts(frozenset(s for s in servers if said[s] != "n")) else "lost"


def committed(quorums: Expression, acknowledged: dict[str, int]) -> int:
    """Return the highest index that a quorum has acknowledged."""

    def reached(index: int) -> frozenset[str]:
        return frozenset(s for s, a in acknowledged.items() if a >= index)

    return max((i for i in acknowledged.values() if quorums.accepts(reached(i))), default=0)


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
    assert vote(configuration(servers), servers, votes) == expected


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
    assert vote(joint(old, new), "".join(sorted({*old, *new})), votes) == expected


def test_what_is_committed() -> None:
    assert committed(configuration("123"), {"1": 12, "2": 5, "3": 6}) == 6
    assert committed(configuration("1234"), {"1": 102, "2": 103, "3": 103, "4": 101}) == 102
    assert committed(joint("123", "345"), {"1": 10, "2": 9, "3": 8, "4": 2, "5": 1}) == 2


def test_an_empty_configuration_is_refused_and_never_wins() -> None:
    with pytest.raises(UsageError, match="at least one member"):
        configuration("")


def test_joint_quorums_meet_the_majorities_of_both_sides() -> None:
    sets = ["".join(c) for k in (1, 2, 3) for c in combinations("123", k)]
    for old in sets:
        for new in sets:
            both = joint(old, new)
            for other in (configuration(old), configuration(new), both):
                found = least_overlap(both, other).size
                assert found is not None
                assert found >= 1


def test_majorities_of_both_sides_alone_may_not_meet() -> None:
    assert least_overlap(configuration("123"), configuration("345")).size == 0
    assert least_overlap(configuration("123"), configuration("1234")).size == 1
