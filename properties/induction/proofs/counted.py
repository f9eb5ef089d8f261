"""Three protocols whose nodes are alike: only counted, with the invariant found by Spacer.

Sources: Gray & Lamport, "Consensus on Transaction Commit" (2006), section 2; Gifford, "Weighted Voting for Replicated Data"
(1979); Malkhi & Reiter, "Byzantine Quorum Systems" (1998), section 3.
"""

from __future__ import annotations

from dataclasses import replace

from quorate.properties.induction.vocabulary.counting import CounterProof, CounterSystem, CounterTwin, Step, move
from quorate.properties.quorum.arithmetic.sets import Term, every, number

n, w, r, q, f = (number(name) for name in ("N", "W", "R", "Q", "f"))

old, new = number("old"), number("new")
read_old, read_new, late = number("read_old"), number("read_new"), number("late")
acknowledged = number("acknowledged")

register = CounterSystem(
    parameters=("N", "W", "R"),
    counts=("old", "new", "read_old", "read_new", "late"),
    flags=("acknowledged",),
    required=every([n >= 1, w >= 1, n >= w, r >= 1, n >= r, w + r > n]),
    initially={"old": n},
    law=(old + new + read_old + read_new + late).equals(n),
    steps=(
        move("store", "a node stores the new value", "old", "new"),
        move("store_late", "a node that has answered the read stores the new value", "read_old", "late"),
        Step(
            "acknowledge",
            "the write is acknowledged: W nodes store it",
            (new + read_new >= w) & acknowledged.equals(0),
            {"acknowledged": Term.of(1)},
        ),
        move("read_old", "a node answers the read with the old value", "old", "read_old", acknowledged >= 1),
        move("read_new", "a node answers the read with the new value", "new", "read_new", acknowledged >= 1),
    ),
    bad=(read_old + late >= r) & read_new.equals(0),
    witness=(read_old + read_new >= r) & (read_new >= 1),
)

working, prepared = number("working"), number("prepared")
committed, aborted, decision = number("committed"), number("aborted"), number("decision")
UNDECIDED, COMMIT, ABORT = 0, 1, 2

commit = CounterSystem(
    parameters=("N",),
    counts=("working", "prepared", "committed", "aborted"),
    flags=("decision",),
    required=n >= 1,
    initially={"working": n},
    law=(working + prepared + committed + aborted).equals(n),
    steps=(
        move("prepare", "a manager prepares", "working", "prepared"),
        move("refuse", "a manager aborts on its own", "working", "aborted"),
        Step(
            "decide_commit",
            "the coordinator has heard that all managers are prepared, and decides to commit",
            decision.equals(UNDECIDED) & prepared.equals(n),
            {"decision": Term.of(COMMIT)},
        ),
        Step("decide_abort", "the coordinator decides to abort", decision.equals(UNDECIDED), {"decision": Term.of(ABORT)}),
        move("commit", "a manager learns of the commit", "prepared", "committed", decision.equals(COMMIT)),
        move("abort", "a prepared manager learns of the abort", "prepared", "aborted", decision.equals(ABORT)),
    ),
    bad=(committed >= 1) & (aborted >= 1),
    witness=committed >= 1,
)
impatient = Step(
    "decide_commit",
    "the coordinator has heard from more than half of the managers, and decides to commit",
    decision.equals(UNDECIDED) & (2 * prepared > n),
    {"decision": Term.of(COMMIT)},
)

silent, for_a, for_b = number("silent"), number("for_a"), number("for_b")

voting = CounterSystem(
    parameters=("N", "f", "Q"),
    counts=("silent", "for_a", "for_b"),
    flags=(),
    required=every([f >= 0, q >= 1, n - f >= q, 2 * q > n + f]),
    initially={"silent": n - f},
    law=(silent + for_a + for_b + f).equals(n),
    steps=(
        move("vote_a", "an honest node votes for a", "silent", "for_a"),
        move("vote_b", "an honest node votes for b", "silent", "for_b"),
    ),
    bad=(for_a + f >= q) & (for_b + f >= q),
    witness=for_a + f >= q,
)

PROOFS = (
    CounterProof(
        "counted-register",
        "a read of R of N nodes that starts after a write to W of them was acknowledged finds the new value, for all N, W and "
        "R with W + R > N",
        "Gifford 1979",
        register,
        (
            CounterTwin(
                "reads-miss",
                "W + R may be N",
                replace(register, required=every([n >= 1, w >= 1, n >= w, r >= 1, n >= r, w + r >= n])),
            ),
        ),
    ),
    CounterProof(
        "counted-two-phase-commit",
        "no manager commits where another aborts, for any number of managers",
        "Gray & Lamport 2006, section 2",
        commit,
        (
            CounterTwin(
                "impatient",
                "the coordinator commits when more than half are prepared",
                replace(commit, steps=tuple(impatient if s.name == "decide_commit" else s for s in commit.steps)),
            ),
        ),
    ),
    CounterProof(
        "counted-voting",
        "two values never both gather Q votes among N nodes of which f may vote for both, for all N, f and Q with "
        "Q <= N - f and 2 Q > N + f",
        "Malkhi & Reiter 1998, section 3",
        voting,
        (
            CounterTwin(
                "plain-majority",
                "2 Q > N, as if no node were faulty",
                replace(voting, required=every([f >= 0, q >= 1, n - f >= q, 2 * q > n])),
            ),
        ),
    ),
)
