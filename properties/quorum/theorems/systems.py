"""The quorum systems of the literature by name: hypotheses, condition, goal, and the sentence that a proof earns.

A lemma with a condition is proved with it and shown its smallest split without it. A lemma that is `broken` has no
condition: it is the mistake that the system is there to avoid, and is expected to be violated.

Long because it is a catalogue: one short function a system, in one place so that they can be read against each other.
"""

# ruff: noqa: SIM300 - the capital letters are the numbers of the papers, not constants

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.arithmetic.regions import total
from quorate.properties.quorum.arithmetic.sets import EVERYONE, NODES, Formula, NodeSet, Term, number, size, weight

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_LINEARIZABLE = (
    "overlap is not linearizability: a read must write back what it found, and a write that failed may still surface"
)


@dataclass(frozen=True, slots=True)
class Lemma:
    """One claim of a system. `eliminated` are the numbers that `derive` leaves out of the condition."""

    sentence: str
    hypotheses: tuple[Formula, ...]
    goal: Formula
    condition: Formula | None = None
    broken: bool = False
    minimise: tuple[str, ...] = (NODES,)
    eliminated: frozenset[str] = frozenset()

    @property
    def premises(self) -> tuple[Formula, ...]:
        """The hypotheses, with the condition where there is one."""
        return (*self.hypotheses, self.condition) if self.condition is not None else self.hypotheses


@dataclass(frozen=True, slots=True)
class System:
    """A named quorum system: its lemmas together make it safe; `note` says what they do not say."""

    name: str
    title: str
    source: str
    lemmas: tuple[Lemma, ...]
    note: str = ""


def named(name: str) -> System:
    """Return the system of that name; UsageError, with the nearest name, where there is none."""
    known = systems()
    if name not in known:
        raise UsageError(
            f"there is no quorum system `{name}`{did_you_mean(name, known)}: `quorate quorum prove --list` shows them all"
        )
    return known[name]


def systems() -> Mapping[str, System]:
    """Return every named system, in the order they are listed."""
    found = [
        dynamo(), lost_update(), overlap_of_at_least(), majority(), flexible_paxos(), fast_paxos(), dissemination(),
        dissemination_sizes(), masking(), masking_sizes(), crash_and_byzantine(), weighted_votes(), stake(),
        joint_consensus(), one_server_change(), sloppy(), sloppy_both(), witnesses(), hierarchy(), grid(), zones(), tree(),
    ]  # fmt: skip
    return {system.name: system for system in found}


N = size(EVERYONE)
R, W, Q = number("R"), number("W"), number("Q")
READ, WRITE, WRITE_2 = (NodeSet.named(n) for n in ("read", "write", "write2"))
QUORUM, QUORUM_2, FAULTY = (NodeSet.named(n) for n in ("quorum", "quorum2", "faulty"))
CLUSTER = frozenset({total(NODES)})


def between(low: Term | int, middle: Term, high: Term) -> Formula:
    """Claim `low <= middle <= high`."""
    return (middle >= low) & (middle <= high)


def quorum(of: NodeSet, at_least: Term) -> tuple[Formula, ...]:
    """Say that a set is a quorum of a threshold which is at least 1 and which the cluster can reach."""
    return size(of) >= at_least, between(1, at_least, N)


def meet(*sets: NodeSet) -> Formula:
    """Claim that the sets have a node in common."""
    common = sets[0]
    for other in sets[1:]:
        common = common & other
    return size(common) >= 1


READ_AND_WRITE = (*quorum(READ, R), *quorum(WRITE, W))
TWO_QUORUMS = (*quorum(QUORUM, Q), *quorum(QUORUM_2, Q))


def dynamo() -> System:
    lemma = Lemma("every read quorum meets every write quorum, for every N", READ_AND_WRITE, meet(READ, WRITE), W + R > N)
    source = "DeCandia et al., Dynamo (SOSP 2007), section 4.5; Gifford (SOSP 1979)"
    return System("dynamo", "reads meet writes", source, (lemma,), NOT_LINEARIZABLE)


def lost_update() -> System:
    writes = (*quorum(WRITE, W), *quorum(WRITE_2, W))
    lemma = Lemma("any two write quorums meet, for every N", writes, meet(WRITE, WRITE_2), 2 * W > N)
    reads = Lemma(
        "two writes meet because reads meet writes",
        (*READ_AND_WRITE, *quorum(WRITE_2, W), W + R > N),
        meet(WRITE, WRITE_2),
        broken=True,
    )
    note = "where two writes do not meet, last-write-wins loses one of them"
    return System("lost-update", "two writes meet", "Gifford (SOSP 1979)", (lemma, reads), note)


def overlap_of_at_least() -> System:
    m = number("m")
    lemma = Lemma(
        "every read quorum shares at least m nodes with every write quorum, for every N",
        (*READ_AND_WRITE, m >= 1),
        size(READ & WRITE) >= m,
        W + R >= N + m,
    )
    return System("overlap", "reads and writes share m nodes", "Malkhi & Reiter (1998)", (lemma,), NOT_LINEARIZABLE)


def majority() -> System:
    lemma = Lemma("any two majorities meet, for every N", TWO_QUORUMS, meet(QUORUM, QUORUM_2), 2 * Q > N)
    return System("majority", "two quorums of one size meet", "Thomas (TODS 1979)", (lemma,))


def flexible_paxos() -> System:
    first, second = NodeSet.named("phase1"), NodeSet.named("phase2")
    q1, q2 = number("Q1"), number("Q2")
    lemma = Lemma(
        "every phase-1 quorum meets every phase-2 quorum, for every N",
        (*quorum(first, q1), *quorum(second, q2)),
        meet(first, second),
        q1 + q2 > N,
    )
    source = "Howard, Malkhi & Spiegelman, Flexible Paxos (OPODIS 2016)"
    return System("flexible-paxos", "phase-1 quorums meet phase-2 quorums", source, (lemma,))


def fast_paxos() -> System:
    classic, fast, fast_2 = (NodeSet.named(n) for n in ("classic", "fast", "fast2"))
    f = number("F")
    three = (*quorum(classic, Q), *quorum(fast, f), *quorum(fast_2, f))
    lemma = Lemma(
        "a classic quorum and any two fast quorums have a node in common, for every N",
        three,
        meet(classic, fast, fast_2),
        Q + 2 * f > 2 * N,
    )
    plain = Lemma(
        "plain majorities are enough for three quorums",
        (*three, 2 * Q > N, 2 * f > N),
        meet(classic, fast, fast_2),
        broken=True,
    )
    return System("fast-paxos", "a classic quorum and two fast ones meet", "Lamport, Fast Paxos (2006)", (lemma, plain))


def _faulty(at_most: Term, answers: Term) -> tuple[Formula, ...]:
    """Say that up to f nodes lie, and that more than `answers` make a quorum: else liars alone could be one."""
    return (*TWO_QUORUMS, size(FAULTY) <= at_most, at_most >= 0, Q > answers)


HONEST_IN_COMMON = size(QUORUM & QUORUM_2 - FAULTY) >= 1
HONEST_OUTVOTE = size(QUORUM & QUORUM_2 - FAULTY) > size(QUORUM & QUORUM_2 & FAULTY)


def dissemination() -> System:
    f = number("f")
    sentence = "any two quorums share a node that is not faulty, for every N and f"
    lemma = Lemma(sentence, _faulty(f, f), HONEST_IN_COMMON, 2 * Q > N + f)
    source = "Malkhi & Reiter, Byzantine Quorum Systems (1998), dissemination"
    return System("dissemination", "an honest node in common, data signed", source, (lemma,))


def dissemination_sizes() -> System:
    f = number("f")
    sentence = "with quorums of N - f, any two share a node that is not faulty, for every N and f"
    hypotheses = (*_faulty(f, f), Q.equals(N - f))
    lemma = Lemma(sentence, hypotheses, HONEST_IN_COMMON, N >= 3 * f + 1, eliminated=frozenset({"Q"}))
    source = "Malkhi & Reiter, Byzantine Quorum Systems (1998); Castro & Liskov (OSDI 1999)"
    return System("byzantine", "N >= 3f + 1 with quorums of N - f", source, (lemma,))


def masking() -> System:
    f = number("f")
    sentence = "in any two quorums' common nodes the honest outvote the faulty, for every N and f"
    lemma = Lemma(sentence, _faulty(f, 2 * f), HONEST_OUTVOTE, 2 * Q > N + 2 * f)
    source = "Malkhi & Reiter, Byzantine Quorum Systems (1998), masking"
    return System("masking", "the honest outvote the faulty, data unsigned", source, (lemma,))


def masking_sizes() -> System:
    f = number("f")
    sentence = "with quorums of N - f, the honest outvote the faulty in any two quorums' common nodes"
    hypotheses = (*_faulty(f, 2 * f), Q.equals(N - f))
    lemma = Lemma(sentence, hypotheses, HONEST_OUTVOTE, N >= 4 * f + 1, eliminated=frozenset({"Q"}))
    source = "Malkhi & Reiter, Byzantine Quorum Systems (1998)"
    return System("masking-sizes", "N >= 4f + 1 with quorums of N - f", source, (lemma,))


def crash_and_byzantine() -> System:
    b, c = number("b"), number("c")
    hypotheses = (*_faulty(b, b), c >= 0, Q.equals(N - b - c))
    sentence = "with b liars and c crashes, quorums of N - b - c share a node that is not faulty"
    lemma = Lemma(sentence, hypotheses, HONEST_IN_COMMON, N > 3 * b + 2 * c, eliminated=frozenset({"Q"}))
    source = "Lamport, Lower Bounds for Asynchronous Consensus (2006): N > 2F + M, with F = b + c and M = b"
    return System("crash-and-byzantine", "b liars and c crashes at once", source, (lemma,))


def weighted_votes() -> System:
    r, w = number("r"), number("w")
    votes = weight(EVERYONE)
    hypotheses = (weight(READ) >= r, weight(WRITE) >= w, between(1, r, votes), between(1, w, votes))
    lemma = Lemma(
        "every read quorum meets every write quorum, for any nodes with any votes",
        hypotheses,
        meet(READ, WRITE),
        r + w > votes,
        minimise=("votes", NODES),
        eliminated=CLUSTER,
    )
    return System("weighted-votes", "votes instead of nodes", "Gifford (SOSP 1979)", (lemma,), NOT_LINEARIZABLE)


def stake() -> System:
    whole = weight(EVERYONE, "stake")

    def lemma(sentence: str, *claims: Formula, broken: bool = False) -> Lemma:
        hypotheses = (*claims, whole >= 1)
        return Lemma(sentence, hypotheses, HONEST_IN_COMMON, broken=broken, minimise=("stake", NODES))

    quorums = [3 * weight(q, "stake") for q in (QUORUM, QUORUM_2)]
    faulty = 3 * weight(FAULTY, "stake")
    strict = lemma(
        "two quorums above 2/3 of the stake share an honest node while the faulty hold below 1/3",
        *(q > 2 * whole for q in quorums),
        faulty < whole,
    )
    loose = lemma(
        "two quorums of 2/3 of the stake share an honest node while the faulty hold 1/3",
        *(q >= 2 * whole for q in quorums),
        faulty <= whole,
        broken=True,
    )
    source = "Buchman, Kwon & Milosevic, The latest gossip on BFT consensus (2018)"
    return System("stake", "quorums by stake", source, (strict, loose))


OLD, NEW = NodeSet.named("old"), NodeSet.named("new")
OF_OLD, OF_NEW = NodeSet.named("majority_of_old"), NodeSet.named("majority_of_new")
CONFIGURATIONS = (size(OLD) >= 1, size(NEW) >= 1)


def _inside(part: NodeSet, whole: NodeSet) -> Formula:
    return size(part - whole) <= 0


def _majority_in(part: NodeSet, whole: NodeSet) -> Formula:
    return 2 * size(part & whole) > size(whole)


def joint_consensus() -> System:
    joint, joint_2 = NodeSet.named("joint"), NodeSet.named("joint2")
    agreed = (_majority_in(joint, OLD), _majority_in(joint, NEW))
    old = (_inside(OF_OLD, OLD), _majority_in(OF_OLD, OLD), size(OLD) >= 1)
    new = (_inside(OF_NEW, NEW), _majority_in(OF_NEW, NEW), size(NEW) >= 1)
    with_old = Lemma("a joint quorum meets every majority of the old configuration", (*agreed, *old), meet(joint, OF_OLD))
    with_new = Lemma("a joint quorum meets every majority of the new configuration", (*agreed, *new), meet(joint, OF_NEW))
    again = (_majority_in(joint_2, OLD), _majority_in(joint_2, NEW), size(OLD) >= 1)
    with_joint = Lemma("any two joint quorums meet", (*agreed, *again), meet(joint, joint_2))
    without = Lemma(
        "without the joint phase, a majority of the old meets a majority of the new",
        (*old, *new),
        meet(OF_OLD, OF_NEW),
        broken=True,
    )
    source = "Ongaro & Ousterhout, Raft (2014), section 6"
    return System("joint-consensus", "changing the members in two steps", source, (with_old, with_new, with_joint, without))


def one_server_change() -> System:
    d, s, half = number("d"), number("s"), number("half")
    base = (
        size(OLD).equals(s),
        *CONFIGURATIONS,
        (size(OLD - NEW) + size(NEW - OLD)).equals(d),
        *(c for part, whole in ((OF_OLD, OLD), (OF_NEW, NEW)) for c in (_inside(part, whole), _majority_in(part, whole))),
    )
    goal = meet(OF_OLD, OF_NEW)
    exact = (d <= 1) | ((d <= 2) & s.equals(2 * (s // 2)))
    lemmas = (
        Lemma("majorities of configurations that differ in at most one server meet", (*base, d <= 1), goal),
        Lemma("they also meet where two differ and the old size is even", (*base, d <= 2, s.equals(2 * half)), goal),
        Lemma("they meet where two servers differ", (*base, d.equals(2)), goal, broken=True),
        Lemma("they meet where three servers differ", (*base, d.equals(3)), goal, broken=True),
        Lemma("exactly then: at most one differs, or two and the old size is even", base, goal, exact, eliminated=CLUSTER),
    )
    source = "Ongaro, Consensus: Bridging Theory and Practice (2014), section 4.1"
    return System("one-server-change", "changing one member at a time", source, lemmas)


def _sloppy(read_hints: Term | int, name: str, title: str, condition: Formula) -> System:
    home, h, n = NodeSet.named("home"), number("h"), number("N")
    hypotheses = (
        size(home).equals(n),
        size(READ) >= R,
        size(WRITE) >= W,
        between(1, R, n),
        between(1, W, n),
        size(WRITE - home) <= h,
        size(READ - home) <= read_hints,
        h >= 0,
    )
    sentence = "every read quorum meets every write quorum although up to h of its answers come from outside, for every N"
    lemma = Lemma(sentence, hypotheses, meet(READ, WRITE), condition, eliminated=CLUSTER)
    return System(name, title, "DeCandia et al., Dynamo (SOSP 2007), section 4.6", (lemma,), NOT_LINEARIZABLE)


def sloppy() -> System:
    condition = W + R > number("N") + number("h")
    return _sloppy(0, "sloppy", "at most h hinted writes", condition)


def sloppy_both() -> System:
    condition = W + R > number("N") + 2 * number("h")
    return _sloppy(number("h"), "sloppy-both", "hinted on both sides", condition)


def witnesses() -> System:
    witness, k = NodeSet.named("witness"), number("k")
    hypotheses = (*READ_AND_WRITE, size(witness) <= k, k >= 0, W > k, R > k)
    goal = size(READ & WRITE - witness) >= 1
    lemma = Lemma(
        "every read quorum shares a node that holds data with every write quorum, with up to k witnesses",
        hypotheses,
        goal,
        W + R > N + k,
    )
    three = Lemma(
        "a majority of three with one witness is enough",
        (*hypotheses, N.equals(3), R.equals(2), W.equals(2), k.equals(1)),
        goal,
        broken=True,
    )
    return System("witnesses", "members that vote and hold no data", "Paris (ICDCS 1986)", (lemma, three), NOT_LINEARIZABLE)


def _levels(within: Lemma, among: Lemma) -> tuple[Lemma, ...]:
    return among, within


def hierarchy() -> System:
    zone = Lemma("inside a zone, any two majorities of its nodes meet", TWO_QUORUMS, meet(QUORUM, QUORUM_2), 2 * Q > N)
    zones_ = Lemma("any two majorities of zones share a zone", TWO_QUORUMS, meet(QUORUM, QUORUM_2), 2 * Q > N)
    note = "level by level: the zones first (their number is N), then the nodes of a shared zone"
    source = "Kumar, Hierarchical Quorum Consensus (1991)"
    return System("majority-of-majorities", "majorities of zones of majorities", source, _levels(zone, zones_), note)


def grid() -> System:
    line, pick = NodeSet.named("whole_row"), NodeSet.named("pick")
    rows, all_rows = NodeSet.named("read_rows"), NodeSet.named("write_rows")
    within = Lemma(
        "in a row, the whole row meets any pick of at least one", (size(pick) >= 1, size(line) >= N), meet(line, pick)
    )
    among = Lemma("at least one row and all the rows share a row", (size(rows) >= 1, size(all_rows) >= N), meet(rows, all_rows))
    skipped = Lemma(
        "a write may leave out one row",
        (size(rows) >= 1, size(all_rows) >= N - 1, size(all_rows) >= 1),
        meet(rows, all_rows),
        broken=True,
    )
    source = "Cheung, Ammar & Ahamad, The Grid Protocol (1992)"
    return System("grid", "reads a whole row, writes one of every row", source, (*_levels(within, among), skipped))


def zones() -> System:
    among = Lemma("read zones and write zones share a zone", READ_AND_WRITE, meet(READ, WRITE), W + R > N)
    within = Lemma("inside a shared zone, reads meet writes", READ_AND_WRITE, meet(READ, WRITE), W + R > N)
    note = "level by level: N zones with R and W of them first, then N nodes of a zone with R and W of them"
    return System("zones", "quorums of zones of quorums", "Gifford (SOSP 1979)", _levels(within, among), note)


def tree() -> System:
    step = Lemma(
        "at every level, any two majorities of the children share a child", TWO_QUORUMS, meet(QUORUM, QUORUM_2), 2 * Q > N
    )
    leaf = Lemma(
        "a leaf is a quorum of itself and meets itself",
        (N.equals(1), size(QUORUM) >= 1, size(QUORUM_2) >= 1),
        meet(QUORUM, QUORUM_2),
    )
    note = "by induction on the depth: the step holds for every number of children N, the leaf begins it"
    return System("tree", "majorities of majorities, any depth", "Agrawal & El Abbadi (1991)", (step, leaf), note)
