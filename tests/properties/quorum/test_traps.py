"""The traps of quorum arithmetic, each with the wrong answer it would give."""

from __future__ import annotations

import pytest

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic import solver
from quorate.properties.quorum.arithmetic.linear import Linear, Row, integral
from quorate.properties.quorum.arithmetic.sets import EVERYONE, Formula, NodeSet, implies, number, size, weight
from quorate.properties.quorum.theorems.derivation import derive
from quorate.properties.quorum.theorems.proof import Verdict, prove, prove_each
from quorate.properties.quorum.theorems.question import question, settle

READ, WRITE = NodeSet.named("read"), NodeSet.named("write")
N, R, W = size(EVERYONE), number("R"), number("W")
QUORUMS = [size(READ) >= R, size(WRITE) >= W]
MEET = size(READ & WRITE) >= 1


def test_a_cluster_of_no_nodes_splits_where_nothing_forbids_it() -> None:
    found = prove([*QUORUMS, R >= 0, W >= 0], MEET)
    assert found.verdict is Verdict.VIOLATED
    assert found.split is not None
    assert found.split.nodes == ()


def test_an_empty_quorum_meets_nobody() -> None:
    found = prove([*QUORUMS, R >= 0, N >= 1, W.equals(N)], MEET)
    assert found.split is not None
    assert found.split.sets["read"] == frozenset()
    assert found.split.numbers["R"] == 0


def test_an_empty_region_carries_no_votes() -> None:
    # Without "no vote where there is no node", ghosts in the overlap would outvote everybody.
    votes = weight(EVERYONE)
    hypotheses = [2 * weight(READ) > votes, 2 * weight(WRITE) > votes]
    assert prove(hypotheses, MEET, minimise=["votes", "nodes"]).verdict is Verdict.PROVED
    assert prove([weight(READ) >= 1, size(READ) <= 0], MEET).verdict is Verdict.VACUOUS


def test_a_node_without_votes_may_stand_in_an_overlap() -> None:
    whole = weight(EVERYONE)
    found = prove([size(READ & WRITE) >= 1, whole >= 1], weight(READ & WRITE) >= 1, minimise=["nodes"])
    assert found.verdict is Verdict.VIOLATED
    assert found.split is not None
    assert sum(found.split.weights["votes"][n] for n in found.split.members(READ & WRITE)) == 0


def test_whole_numbers_are_not_rounded_through_fractions() -> None:
    q = number("q")
    a, b = NodeSet.named("a"), NodeSet.named("b")
    two = [size(a) >= q, size(b) >= q, q >= 1, q <= N]
    assert prove([*two, q > N / 2], size(a & b) >= 1).verdict is Verdict.PROVED
    assert prove([*two, q.equals(N // 2 + 1)], size(a & b) >= 1).verdict is Verdict.PROVED
    assert prove([*two, q >= N / 2], size(a & b) >= 1).verdict is Verdict.VIOLATED
    # n = 3 has no half: 3 nodes cannot be 2q, so the rational split at q = 1.5 must not be shown.
    assert prove([*two, N.equals(3), 2 * q >= N], size(a & b) >= 1).verdict is Verdict.PROVED


def test_a_strict_claim_over_fractions_is_tightened_after_multiplying_out() -> None:
    row = integral([("a", (N / 3).parts[0][1]), ("b", (N / 2).parts[0][1])], (N * 0).constant)
    assert row == Row((("a", 2), ("b", 3)), 0)


def test_hypotheses_that_no_cluster_meets_prove_nothing() -> None:
    found = prove([*QUORUMS, W + R > N, W + R < N], MEET)
    assert (found.verdict, found.reason) == (Verdict.VACUOUS, "no cluster satisfies the hypotheses")
    assert found.verdict.exit_code == 3
    assert derive([*QUORUMS, W + R > N, W + R < N], MEET).verdict is Verdict.VACUOUS


def test_an_overlap_that_holds_because_there_is_no_quorum_is_vacuous() -> None:
    assert prove([size(READ) >= N + 1, W >= 1, size(WRITE) >= W], MEET).verdict is Verdict.VACUOUS


def test_unknown_is_not_safe() -> None:
    found = prove([2 * size(NodeSet.named(f"s{i}")) > N for i in range(9)], _all_meet(9), timeout=0.001)
    assert found.verdict is Verdict.UNKNOWN
    assert found.verdict.exit_code == 3
    assert found.reason


def _all_meet(k: int) -> Formula:
    common = NodeSet.named("s0")
    for i in range(1, k):
        common = common & NodeSet.named(f"s{i}")
    return size(common) >= 1


def test_too_many_sets_at_once_is_refused_with_the_number_of_regions() -> None:
    with pytest.raises(UsageError, match=r"2\^14 regions"):
        prove([N >= 1], _all_meet(14))


def test_a_formula_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="neither true nor false"):
        bool((R >= 1) & (R <= N))


def test_a_conditional_hypothesis() -> None:
    grown = implies(N >= 5, size(READ) >= 4) & (size(WRITE) >= 2)
    assert prove([grown, N.equals(5)], MEET).verdict is Verdict.PROVED
    assert prove([grown, N.equals(4)], MEET).verdict is Verdict.VIOLATED


def test_unconnected_sets_share_the_number_of_nodes() -> None:
    # Each set lies in a diagram of its own, and both diagrams hold the same N nodes.
    assert prove([size(READ) >= 3, size(WRITE) <= 2], N >= 3).verdict is Verdict.PROVED
    assert prove([size(READ) >= 3, size(~WRITE) <= 0], size(WRITE) >= 3).verdict is Verdict.PROVED


def test_weights_of_two_units_and_sizes_together() -> None:
    claims = [size(READ) >= 2, 2 * weight(READ, "stake") > weight(EVERYONE, "stake"), weight(WRITE) >= 1]
    found = prove(claims, MEET, minimise=["nodes"])
    assert found.split is not None
    assert found.split.satisfies(claims[1])
    assert len(found.split.nodes) == 3


def test_190_pairs_of_20_sets_are_each_proved() -> None:
    sets = [NodeSet.named(f"s{i}") for i in range(20)]
    goals = [size(a & b) >= 1 for i, a in enumerate(sets) for b in sets[:i]]
    found = prove_each([2 * size(s) > N for s in sets], goals)
    assert [p.verdict for p in found] == [Verdict.PROVED] * 190


def test_the_solver_says_why_it_gave_up() -> None:
    hard = regions_of_many()
    answer = solver.solve(hard, 0.001)
    assert answer.satisfiable is solver.Satisfiable.UNKNOWN
    assert answer.reason


def regions_of_many() -> Linear:
    from quorate.properties.quorum.arithmetic import regions

    claims = [~_all_meet(9), *(9 * size(NodeSet.named(f"s{i}")) > 8 * N for i in range(9))]
    return regions.lower(claims, regions.diagram(claims))


def test_a_claim_about_the_cluster_without_nodes_only_is_vacuous() -> None:
    found = prove([size(READ) >= 2 * N], size(READ) <= 0)
    assert (found.verdict, found.reason) == (Verdict.VACUOUS, "only a cluster without nodes satisfies the hypotheses")


def test_a_split_of_a_million_nodes_is_a_split_though_nobody_names_them() -> None:
    found = prove([N >= 10**6, 2 * size(READ) >= N, 2 * size(WRITE) >= N], MEET)
    assert (found.verdict, found.split) == (Verdict.VIOLATED, None)
    assert found.reason == "the split has 1,000,000 nodes, too many to name"


def test_a_number_without_a_lower_bound_does_not_spoil_the_smallest_split() -> None:
    found = prove([number("x") <= N, size(READ) >= 2], size(READ) >= 3)
    assert found.split is not None
    assert len(found.split.nodes) == 2


def test_no_name_of_a_node_is_taken_for_a_gate() -> None:
    from quorate.properties.quorum.clusters.expressions import Node
    from quorate.properties.quorum.clusters.overlap import least_overlap

    tricky = Node("#0") * Node("a") + Node("gate0") * Node("b")
    assert least_overlap(tricky, tricky).size == 0
    assert least_overlap(tricky, tricky.dual()).size == 1


def test_zones_never_share_a_node_by_their_names() -> None:
    from quorate.properties.quorum.clusters.expressions import zones

    assert len(zones({"e": 11, "e1": 1}, 1).nodes) == 12


def test_votes_too_large_for_a_table_are_answered_all_the_same() -> None:
    from quorate.properties.quorum.clusters.cluster import from_votes
    from quorate.properties.quorum.theorems.assessment import assess

    found = assess(from_votes({"a": 3 * 10**9, "b": 2 * 10**9 + 1, "c": 10**9, "d": 10**9}, None, None))
    assert found.reads.verdict is Verdict.PROVED
    assert found.reads_blocked is not None
    assert (found.reads_blocked.size, found.reads_blocked.count) == (2, 3)
    assert found.load is not None
    assert found.load.exact


def test_what_is_undecided_is_not_described_as_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    from quorate.cli.quorum.text import advice
    from quorate.properties.quorum.clusters.cluster import from_counts
    from quorate.properties.quorum.clusters.overlap import Overlap
    from quorate.properties.quorum.theorems import assessment

    def gave_up(*_: object, **__: object) -> Overlap:
        return Overlap(None, 0, reason="timeout")

    monkeypatch.setattr(assessment, "least_overlap", gave_up)
    found = assessment.assess(from_counts(3, 2, 2))
    assert (found.verdict, found.verdict.exit_code) == (Verdict.UNKNOWN, 3)
    assert advice(found)[0].startswith("undecided: nothing is claimed")
    assert not any("a read asks" in text for text in advice(found))


def test_many_odd_votes_are_proved_to_meet_where_the_exact_number_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from quorate.properties.quorum.clusters import overlap
    from quorate.properties.quorum.clusters.cluster import from_votes

    def gives_up(*_: object) -> solver.Answer:
        return solver.Answer(solver.Satisfiable.UNKNOWN, reason="timeout")

    monkeypatch.setattr(solver, "smallest", gives_up)
    rules = from_votes({f"s{i}": (i * 7919) % 1000 + 1 for i in range(40)}, None, None)
    found = overlap.least_overlap(rules.reads, rules.writes, timeout=120)
    assert (found.size, found.at_least, found.reason) == (None, 1, "timeout")


@pytest.mark.parametrize(
    ("claims", "goal", "proved"),
    [
        (["w + f > n", "n > 2*f"], "writes", True),  # f = -1 would refute nothing of a cluster
        (["size(a) >= r"], "size(a) >= 1", True),
        (["size(a) >= r", "r >= 0"], "size(a) >= 1", False),
        (["size(a) >= r", "r > -1"], "size(a) >= 1", False),
        (["size(a) >= k"], "size(a) >= k - 1", True),
        (["size(a) <= n - k"], "size(a) <= n", True),
        (["size(a) <= n - k", "k >= -1"], "size(a) <= n", True),
        (["2*m >= -1"], "m >= 0", True),
        (["m >= -1"], "m >= 0", False),
        (["size(a) >= 0"], "size(everyone) >= 1", True),  # of a set, not of the cluster
        (["n >= 0"], "size(everyone) >= 1", False),
        (["f <= 3"], "f >= 0", True),
        (["f >= -2"], "f >= 0", False),
        (["size(a) >= r", "size(b) >= w", "r >= 0 and w >= 0"], "size(a) >= 1", False),
        (["size(a) >= r", "0 <= r <= n"], "size(a) >= 1", False),
        (["size(a) >= r", "r >= 0 or w >= 0"], "size(a) >= 1", True),
        (["size(everyone) >= 0"], "n >= 1", False),
    ],
)
def test_numbers_are_counts_unless_it_is_said_otherwise(claims: list[str], goal: str, *, proved: bool) -> None:
    found = settle(question(claims, goal))
    assert found.proof.verdict is (Verdict.PROVED if proved else Verdict.VIOLATED)
    split = found.proof.split
    if split and not any(">= -" in c or "> -" in c or ">= 0" in c for c in claims):
        assert split.nodes
        assert all(value >= 0 for value in split.numbers.values())
