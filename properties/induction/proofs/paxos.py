"""Agreement of single-decree Paxos: no two ballots choose different values.

Source: Lamport, "Paxos Made Simple" (2001), section 2.2; the invariants after Padon, Losa, Sagiv & Shoham, "Paxos Made EPR:
Decidable Reasoning about Distributed Protocols" (OOPSLA 2017).

A proposer reads what the acceptors of its quorum accepted below its ballot at the moment it proposes. Their promises were
given earlier, and since then they accept nothing below the ballot: so it reads what their promises reported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.formula import TRUE, Formula, Relation, Sort, both, exists, forall, implies, same
from quorate.properties.induction.vocabulary.premise import Family, Premise, clusters, overlap
from quorate.properties.induction.vocabulary.system import Action, Proof, Protocol, System, Twin
from quorate.properties.quorum.arithmetic import sets

if TYPE_CHECKING:
    from collections.abc import Callable

acceptor, value, quorum = Sort("acceptor", "a"), Sort("value", "v"), Sort("quorum", "q")
ballot = Sort("ballot", "b", ordered=True)
(a,) = acceptor.variables("a")
b, c, m = ballot.variables("b c m")
v, w = value.variables("v w")
q, p = quorum.variables("q p")

member = Relation("member", (acceptor, quorum), "")
promised = Relation("promised", (acceptor, ballot), "{0} has promised {1}")
proposed = Relation("proposed", (ballot, value), "{1} is proposed in {0}")
accepted = Relation("accepted", (acceptor, ballot, value), "{0} has accepted {2} in {1}")
chosen = Relation("chosen", (ballot, value, quorum), "{1} is chosen in {0} by {2}")

keeps_promises = forall(c, holds=implies(promised(a, c), c <= b))
has_quorum = forall(a, holds=implies(member(a, q), promised(a, b)))
is_first = forall(w, holds=~proposed(b, w))

promise = Action("promise", (a, b), "{a} promises {b}", keeps_promises, (promised.add(a, b),))
propose_freely = Action(
    "propose_freely",
    (b, v, q),
    "{b} finds nothing accepted in {q} and proposes {v}",
    guard=both(
        is_first,
        has_quorum,
        forall(a, c, w, holds=implies(member(a, q) & (c < b), ~accepted(a, c, w))),
    ),
    updates=(proposed.add(b, v),),
)
propose_again = Action(
    "propose_again",
    (b, v, q, m),
    "{b} finds {v}, accepted in {m}, to be the latest in {q} and proposes it",
    guard=both(
        is_first,
        has_quorum,
        m < b,
        exists(a, holds=member(a, q) & accepted(a, m, v)),
        forall(a, c, w, holds=implies(both(member(a, q), m < c, c < b), ~accepted(a, c, w))),
    ),
    updates=(proposed.add(b, v),),
)
accept = Action(
    "accept",
    (a, b, v),
    "{a} accepts {v} in {b}",
    guard=proposed(b, v) & keeps_promises,
    updates=(accepted.add(a, b, v), promised.add(a, b)),
)
choose = Action(
    "choose",
    (b, v, q),
    "{b} learns that {q} accepted {v}: it is chosen",
    guard=forall(a, holds=implies(member(a, q), accepted(a, b, v))),
    updates=(chosen.add(b, v, q),),
)
forget = Action("forget", (a,), "{a} restarts and has forgotten its promises", TRUE, (promised.drop(a, None),))

system = System(
    sorts=(acceptor, ballot, value, quorum),
    fixed=(member,),
    state=(promised, proposed, accepted, chosen),
    initially=both(~promised(a, b), ~proposed(b, v), ~accepted(a, b, v), ~chosen(b, v, q)),
    actions=(promise, propose_freely, propose_again, accept, choose),
)

cannot_be_chosen = forall(
    q,
    holds=exists(a, holds=both(member(a, q), ~accepted(a, c, w), exists(m, holds=(c < m) & promised(a, m)))),
)
"""`w` can no longer be chosen in ballot `c`: every quorum has an acceptor that did not accept it there and never will."""

invariants: dict[str, Formula] = {
    "one value in a ballot": implies(proposed(b, v) & proposed(b, w), same(v, w)),
    "accepted is proposed": implies(accepted(a, b, v), proposed(b, v)),
    "chosen is accepted by a quorum": implies(chosen(b, v, q) & member(a, q), accepted(a, b, v)),
    "a later proposal is safe": implies(both(proposed(b, v), c < b, ~same(v, w)), cannot_be_chosen),
}


def paxos(rule: Callable[[sets.NodeSet], sets.Formula], words: str) -> Protocol:
    """Return Paxos with these quorums."""
    quorums = Family(quorum, member, rule)
    premise: Premise = overlap(quorums, quorums, words)
    return Protocol(
        system,
        safety={"agreement": implies(chosen(b, v, q) & chosen(c, w, p), same(v, w))},
        invariants=invariants,
        clusters=clusters([quorums], {ballot: 2, value: 2}, servers=(1, 2)),
        witness=exists(b, v, q, holds=chosen(b, v, q)),
        premises=(premise,),
        depth=10,
    )


def majority(chosen_set: sets.NodeSet) -> sets.Formula:
    """Return the rule of majorities."""
    return 2 * sets.size(chosen_set) > sets.size(sets.EVERYONE)


def half(chosen_set: sets.NodeSet) -> sets.Formula:
    """Return the rule of halves."""
    return 2 * sets.size(chosen_set) >= sets.size(sets.EVERYONE)


by_majority = paxos(majority, "each is more than half of the acceptors")

PROOFS = (
    Proof(
        name="paxos",
        sentence="no two ballots of single-decree Paxos choose different values, for any number of acceptors, ballots and "
        "values, under majorities, where acceptors never forget what they promised or accepted",
        source="Lamport 2001, section 2.2; Padon, Losa, Sagiv & Shoham 2017",
        protocol=by_majority,
        twins=(
            Twin("half-quorums", "half of the acceptors are a quorum", paxos(half, "each is at least half of the acceptors")),
            Twin(
                "volatile-promise",
                "a restart forgets the promises",
                replace(by_majority, system=replace(system, actions=(*system.actions, forget))),
            ),
            Twin(
                "missing-invariant",
                "the same protocol, argued without `a later proposal is safe`",
                replace(by_majority, invariants={k: i for k, i in invariants.items() if k != "a later proposal is safe"}),
                expected="unknown",
            ),
        ),
    ),
)
