"""One leader per term: a server votes once in a term and remembers it, and a leader has the votes of a quorum.

Source: Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (2014), sections 5.2 and 5.4.3.

A vote is remembered (`remembers`) and sent (`granted`): the message stays in the network whatever becomes of the memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.formula import TRUE, Relation, Sort, both, exists, forall, implies, same
from quorate.properties.induction.vocabulary.premise import Family, Premise, clusters, meet, overlap
from quorate.properties.induction.vocabulary.system import Action, Proof, Protocol, System, Twin
from quorate.properties.quorum.arithmetic.sets import EVERYONE, Formula, NodeSet, size

if TYPE_CHECKING:
    from collections.abc import Callable

server, term, quorum = Sort("server", "s"), Sort("term", "t"), Sort("quorum", "q")
n, c, d = server.variables("n c d")
t = term.variable("t")
q, p = quorum.variables("q p")

member = Relation("member", (server, quorum), "")
remembers = Relation("remembers", (server, term, server), "{0} remembers its vote for {2} in {1}")
granted = Relation("granted", (server, term, server), "{0}'s vote for {2} in {1} is sent")
leads = Relation("leads", (server, term, quorum), "{0} leads {1} by the votes of {2}")

vote = Action(
    "vote",
    (n, t, c),
    "{n} votes for {c} in {t}",
    guard=forall(d, holds=~remembers(n, t, d)),
    updates=(remembers.add(n, t, c), granted.add(n, t, c)),
)
elect = Action(
    "elect",
    (c, t, q),
    "{c} counts the votes of {q} in {t} and leads",
    guard=forall(n, holds=implies(member(n, q), granted(n, t, c))),
    updates=(leads.add(c, t, q),),
)
forget = Action("forget", (n,), "{n} restarts and has forgotten its votes", TRUE, (remembers.drop(n, None, None),))

system = System(
    sorts=(server, term, quorum),
    fixed=(member,),
    state=(remembers, granted, leads),
    initially=both(~remembers(n, t, c), ~granted(n, t, c), ~leads(c, t, q)),
    actions=(vote, elect),
)


def family(rule: Callable[[NodeSet], Formula]) -> Family:
    """Return election quorums under the rule."""
    return Family(quorum, member, rule)


majorities = family(lambda chosen: 2 * size(chosen) > size(EVERYONE))
halves = family(lambda chosen: 2 * size(chosen) >= size(EVERYONE))
thirds = family(lambda chosen: 3 * size(chosen) >= size(EVERYONE))


def election(quorums: Family, premise: Premise) -> Protocol:
    """Return the election among servers with these quorums."""
    return Protocol(
        system,
        safety={"one leader per term": implies(leads(c, t, q) & leads(d, t, p), same(c, d))},
        invariants={
            "a vote sent is remembered": implies(granted(n, t, c), remembers(n, t, c)),
            "one vote in a term": implies(remembers(n, t, c) & remembers(n, t, d), same(c, d)),
            "a leader has a quorum's votes": implies(leads(c, t, q) & member(n, q), granted(n, t, c)),
        },
        clusters=clusters([quorums], {term: 1}),
        witness=exists(c, t, q, holds=leads(c, t, q)),
        premises=(premise,),
    )


by_majority = election(majorities, overlap(majorities, majorities, "each is more than half of the servers"))
by_half = election(halves, overlap(halves, halves, "each is at least half of the servers"))
by_third = election(thirds, overlap(thirds, thirds, "each is at least a third of the servers"))
by_any_rule = election(
    majorities,
    Premise("any rule", "the rule is any under which two quorums share a server", meet(majorities, majorities)),
)


def forgetful(protocol: Protocol) -> Protocol:
    """Return the protocol with servers that keep their votes in memory only."""
    return replace(protocol, system=replace(system, actions=(*system.actions, forget)))


SOURCE = "Ongaro & Ousterhout 2014, sections 5.2 and 5.4.3"

PROOFS = (
    Proof(
        name="one-leader",
        sentence="no two servers lead in one term, for any number of servers and terms, where a leader has the votes of a "
        "majority and a server votes once in a term and never forgets it",
        source=SOURCE,
        protocol=by_majority,
        twins=(
            Twin("half-quorums", "half of the servers are enough to lead", by_half),
            Twin("volatile-vote", "a restart forgets the votes", forgetful(by_majority)),
        ),
    ),
    Proof(
        name="one-leader-any-rule",
        sentence="no two servers lead in one term, for any number of servers and terms and any rule under which every two "
        "quorums share a server, where a leader has the votes of a quorum and a server votes once in a term and never "
        "forgets it",
        source=SOURCE,
        protocol=by_any_rule,
        twins=(
            Twin("third-quorums", "a third of the servers is a quorum, and two such quorums need not meet", by_third),
            Twin("volatile-vote", "a restart forgets the votes", forgetful(by_any_rule)),
        ),
    ),
)
