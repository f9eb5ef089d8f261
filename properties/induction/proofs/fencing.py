"""Fencing tokens: a store never accepts a write of an older token after one of a newer.

Source: Kleppmann, "Designing Data-Intensive Applications" (2017), chapter 8, "The leader and the lock".

A client's lease may end without its noticing, so whoever was granted a token may write with it at any later time. Each
store guards itself; what different stores accept is not compared.
"""

from __future__ import annotations

from dataclasses import replace

from quorate.properties.induction.vocabulary.cluster import Cluster
from quorate.properties.induction.vocabulary.formula import (
    TRUE,
    Function,
    Relation,
    Sort,
    Update,
    both,
    exists,
    forall,
    implies,
    same,
)
from quorate.properties.induction.vocabulary.system import Action, Proof, Protocol, System, Twin

client, store = Sort("client", "c"), Sort("store", "s")
token = Sort("token", "t", ordered=True)
c, d = client.variables("c d")
(s,) = store.variables("s")
t, u = token.variables("t u")

none = Function("none", (), token, "")
issued = Relation("issued", (token,), "")
holds = Relation("holds", (client, token), "{0} holds {1}")
newest = Function("newest", (store,), token, "{0} has seen {1}")
accepted = Relation("accepted", (store, token), "{0} has accepted a write of {1}")
followed = Relation("followed", (store, token, token), "{0} accepted {2} after {1}")

grant = Action(
    "grant",
    (c, t),
    "the lock service grants {t} to {c}",
    forall(u, holds=implies(issued(u), u < t)) & (none() < t),
    (issued.add(t), holds.add(c, t)),
)
places = (store.variable("_s"), token.variable("_u"), token.variable("_t"))
noted = followed(*places) | both(same(places[0], s), same(places[2], t), accepted(places[0], places[1]))
write = Action(
    "write",
    (c, t, s),
    "{s} accepts the write of {c} with {t}",
    holds(c, t) & (newest(s) <= t),
    (newest.put(s, value=t), accepted.add(s, t), Update(followed, places, noted)),
)
unchecked = replace(write, guard=holds(c, t))
restart = Action("restart", (s,), "{s} restarts and has forgotten the tokens it saw", TRUE, (newest.put(s, value=none()),))
reset = Action(
    "reset", (), "the lock service restarts and has forgotten what it issued", TRUE, (Update(issued, (t,), issued(t) & ~TRUE),)
)

system = System(
    sorts=(client, store, token),
    fixed=(none,),
    state=(issued, holds, newest, accepted, followed),
    initially=both(~issued(t), ~holds(c, t), same(newest(s), none()), ~accepted(s, t), ~followed(s, t, u)),
    actions=(grant, write),
    axioms={"`none` is before all tokens": none() <= t},
)

fenced = Protocol(
    system,
    safety={
        "no older write after a newer": implies(followed(s, u, t), u <= t),
        "no two clients hold one token": implies(holds(c, t) & holds(d, t), same(c, d)),
    },
    invariants={
        "a token held was issued": implies(holds(c, t), issued(t)),
        "no two clients hold one token": implies(holds(c, t) & holds(d, t), same(c, d)),
        "a store knows its newest token": implies(accepted(s, t), t <= newest(s)),
        "no older write after a newer": implies(followed(s, u, t), u <= t),
    },
    clusters=(Cluster({client: 2, store: 1, token: 3}, values={none: 0}, names={token: ("none", "t1", "t2")}),),
    witness=exists(s, t, u, holds=followed(s, t, u) & (t < u)),
)

PROOFS = (
    Proof(
        name="fencing",
        sentence="no store accepts a write of an older token after one of a newer, and no two clients hold one token, for "
        "any number of clients, stores and tokens, where a store compares each token with the newest it has seen",
        source="Kleppmann 2017, chapter 8",
        protocol=fenced,
        twins=(
            Twin(
                "no-fencing",
                "the store does not look at the token",
                replace(fenced, system=replace(system, actions=system.replacing(unchecked))),
            ),
            Twin(
                "forgetful-store",
                "a store's restart forgets the tokens it saw",
                replace(fenced, system=replace(system, actions=(*system.actions, restart))),
            ),
            Twin(
                "reused-tokens",
                "the lock service's restart forgets the tokens it issued",
                replace(fenced, system=replace(system, actions=(*system.actions, reset))),
            ),
        ),
    ),
)
