"""Leases with clocks that drift: no two clients hold the lease at one moment.

Source: Gray & Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency" (SOSP 1989),
section 5; granted by a quorum as in Burrows, "The Chubby Lock Service" (OSDI 2006).

A client holds the lease for D on its own clock, counted from before it asked. A server keeps its promise for W on its own
clock, counted from when it gave it. A clock runs at a rate between 1 - r and 1 + r. So in real time a lease ends after at
most `hold` = D / (1 - r), a promise after at least `wait` = W / (1 + r), and nothing more is needed than hold <= wait.
Instants are real numbers, and time may pass by any amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.formula import (
    TIME,
    TRUE,
    Function,
    Relation,
    Sort,
    Term,
    both,
    exists,
    forall,
    implies,
    number,
    same,
)
from quorate.properties.induction.vocabulary.premise import Discharged, Family, Premise, clusters, overlap
from quorate.properties.induction.vocabulary.system import Action, Proof, Protocol, System, Twin
from quorate.properties.quorum.arithmetic.sets import EVERYONE, size

if TYPE_CHECKING:
    from collections.abc import Callable

client, server, quorum = Sort("client", "c"), Sort("server", "s"), Sort("quorum", "q")
c, d = client.variables("c d")
(s,) = server.variables("s")
(q,) = quorum.variables("q")
(later,) = TIME.variables("later")

member = Relation("member", (server, quorum), "")
hold = Function("hold", (), TIME, "a lease lasts at most {0}")
wait = Function("wait", (), TIME, "a promise lasts at least {0}")
now = Function("now", (), TIME, "it is {0}")
asked = Function("asked", (client,), TIME, "")
promised = Relation("promised", (server, client), "{0} is promised to {1}")
free_at = Function("free_at", (server,), TIME, "")
answered = Relation("answered", (server, client), "")
ends = Function("ends", (client,), TIME, "{0}'s lease ends at {1}")
granted_by = Function("granted_by", (client,), quorum, "")

elapse = Action("elapse", (later,), "time passes: it is {later}", now() < later, (now.put(value=later),))
ask = Action("ask", (c,), "{c} asks for the lease", TRUE, (asked.put(c, value=now()), answered.drop(None, c)))
promise = Action(
    "promise",
    (s, c),
    "{s} promises itself to {c}",
    forall(d, holds=implies(promised(s, d), same(c, d))),
    (promised.add(s, c), answered.add(s, c), free_at.put(s, value=now() + wait())),
)
release = Action("release", (s,), "{s}'s promise has run out", free_at(s) <= now(), (promised.drop(s, None),))
take = Action(
    "take",
    (c, q),
    "{c} has the promises of {q} and takes the lease",
    forall(s, holds=implies(member(s, q), answered(s, c))),
    (ends.put(c, value=asked(c) + hold()), granted_by.put(c, value=q)),
)

zero: Term = number(0)
system = System(
    sorts=(client, server, quorum),
    fixed=(member, hold, wait),
    state=(now, asked, promised, free_at, answered, ends, granted_by),
    initially=both(
        same(now(), zero),
        same(asked(c), zero),
        ~promised(s, c),
        same(free_at(s), zero),
        ~answered(s, c),
        same(ends(c), zero),
    ),
    actions=(elapse, ask, promise, release, take),
    axioms={"durations are positive": (zero < hold()) & (zero < wait())},
)

majorities = Family(quorum, member, lambda chosen: 2 * size(chosen) > size(EVERYONE))
shared = overlap(majorities, majorities, "each is more than half of the servers")


def drift(margin: str) -> Callable[[float], Discharged]:
    """Return the theorem that hold <= wait for every lease D, promise W and drift r that satisfy the margin."""

    def theorem(timeout: float) -> Discharged:
        # Here, so that a list of the proofs can be shown without loading Z3.
        from quorate.properties.induction.vocabulary.margin import prove_margin  # noqa: PLC0415

        return prove_margin(margin, timeout)

    return theorem


def leases(margin: str, sentence: str) -> Protocol:
    """Return the leases whose D, W and r satisfy the margin."""
    return Protocol(
        system,
        safety={"one holder at a time": implies((now() < ends(c)) & (now() < ends(d)), same(c, d))},
        invariants={
            "asked in the past": asked(c) <= now(),
            "a promise is bounded": free_at(s) <= now() + wait(),
            "one promise at a time": implies(promised(s, c) & promised(s, d), same(c, d)),
            "an answer outlasts its lease": implies(
                answered(s, c) & (now() < asked(c) + hold()), promised(s, c) & (asked(c) + hold() <= free_at(s))
            ),
            "a holder has a quorum's promises": implies(
                (now() < ends(c)) & member(s, granted_by(c)), promised(s, c) & (ends(c) <= free_at(s))
            ),
        },
        clusters=clusters([majorities], {client: 2}, servers=(1, 2)),
        witness=exists(c, holds=now() < ends(c)),
        premises=(shared, Premise("the margin covers the drift", sentence, hold() <= wait(), drift(margin))),
        depth=9,
    )


PROOFS = (
    Proof(
        name="leases",
        sentence="no two clients hold the lease at one moment, for any number of clients and servers, under majorities, "
        "whatever the clocks' rates between 1 - r and 1 + r, where W (1 - r) >= D (1 + r)",
        source="Gray & Cheriton 1989, section 5",
        protocol=leases("covered", "W (1 - r) >= D (1 + r) gives D / (1 - r) <= W / (1 + r)"),
        twins=(
            Twin(
                "drift-beyond-margin",
                "the server's promise is only as long as the lease: W >= D",
                leases("equal", "W >= D gives D / (1 - r) <= W / (1 + r)"),
            ),
        ),
    ),
)
