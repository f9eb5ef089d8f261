"""A write-once register: a server keeps the first value it is given, a write needs W of them, a read asks R.

Source: Gifford, "Weighted Voting for Replicated Data" (SOSP 1979); DeCandia et al., "Dynamo" (SOSP 2007), section 4.5.

What is claimed is no more than this: a completed write is the only one, and no later read says that nothing was written or
returns another value. A read that finds different values in its quorum answers nothing here.
"""

from __future__ import annotations

from quorate.properties.induction.vocabulary.formula import Relation, Sort, Update, both, exists, forall, implies, same
from quorate.properties.induction.vocabulary.premise import Family, Numbers, clusters, overlap
from quorate.properties.induction.vocabulary.system import Action, Proof, Protocol, System, Twin
from quorate.properties.quorum.arithmetic import sets

server, value = Sort("server", "s"), Sort("value", "v")
write_quorum, read_quorum = Sort("write quorum", "w"), Sort("read quorum", "r")
(n,) = server.variables("n")
v, u = value.variables("v u")
q, p = write_quorum.variables("q p")
(r,) = read_quorum.variables("r")

writes_at = Relation("writes_at", (server, write_quorum), "")
reads_at = Relation("reads_at", (server, read_quorum), "")
stored = Relation("stored", (server, value), "{0} stores {1}")
written = Relation("written", (value, write_quorum), "{0} is written, at {1}")
returned = Relation("returned", (value, read_quorum), "a read at {1} returned {0}")
missed = Relation("missed", (value, read_quorum), "a read at {1} found nothing after {0} was written")

store = Action("store", (n, v), "{n} stores {v}", forall(u, holds=~stored(n, u)), (stored.add(n, v),))
finish = Action(
    "finish",
    (v, q),
    "the write of {v} is acknowledged by {q}",
    forall(n, holds=implies(writes_at(n, q), stored(n, v))),
    (written.add(v, q),),
)
read = Action(
    "read",
    (v, r),
    "a read finds {v} at all of {r} and returns it",
    forall(n, holds=implies(reads_at(n, r), stored(n, v))),
    (returned.add(v, r),),
)
places = (value.variable("_v"), read_quorum.variable("_r"))
read_nothing = Action(
    "read_nothing",
    (r,),
    "a read finds nothing at {r}",
    forall(n, v, holds=implies(reads_at(n, r), ~stored(n, v))),
    (Update(missed, places, missed(*places) | (same(places[1], r) & exists(q, holds=written(places[0], q)))),),
)

system = System(
    sorts=(server, value, write_quorum, read_quorum),
    fixed=(writes_at, reads_at),
    state=(stored, written, returned, missed),
    initially=both(~stored(n, v), ~written(v, q), ~returned(v, r), ~missed(v, r)),
    actions=(store, finish, read, read_nothing),
)

W, R, N = sets.number("W"), sets.number("R"), sets.size(sets.EVERYONE)
writes = Family(write_quorum, writes_at, lambda chosen: sets.size(chosen) >= W)
reads = Family(read_quorum, reads_at, lambda chosen: sets.size(chosen) >= R)


def register(words: str, *hypotheses: sets.Formula) -> Protocol:
    """Return the register where W and R satisfy the hypotheses."""
    bounds = ((W >= 1) & (N >= W), (R >= 1) & (N >= R))
    numbers = Numbers(("W", "R"), (*bounds, *hypotheses))
    return Protocol(
        system,
        safety={
            "one value is written": implies(written(v, q) & written(u, p), same(v, u)),
            "a read returns what is written": implies(written(v, q) & returned(u, r), same(v, u)),
            "no read misses a write": ~missed(v, r),
        },
        invariants={
            "a server stores one value": implies(stored(n, v) & stored(n, u), same(v, u)),
            "a written value is stored": implies(written(v, q) & writes_at(n, q), stored(n, v)),
            "a returned value is stored": implies(returned(v, r) & reads_at(n, r), stored(n, v)),
            "no read misses a write": ~missed(v, r),
        },
        clusters=clusters([writes, reads], {value: 2}, numbers=numbers),
        witness=exists(v, q, r, holds=written(v, q) & returned(v, r)),
        premises=(
            overlap(writes, writes, words, numbers.hypotheses),
            overlap(writes, reads, words, numbers.hypotheses),
        ),
    )


PROOFS = (
    Proof(
        name="write-once-register",
        sentence="at most one value is ever written, and no read after it returns another or finds nothing, for any number "
        "of servers and values, where a write needs W servers and a read asks R, W + R > N and 2 W > N",
        source="Gifford 1979; DeCandia et al. 2007, section 4.5",
        protocol=register("W + R > N and 2 W > N", W + R > N, 2 * W > N),
        twins=(
            Twin("reads-miss", "W + R may be N", register("W + R >= N and 2 W > N", W + R >= N, 2 * W > N)),
            Twin("writes-miss", "2 W may be N", register("W + R > N and 2 W >= N", W + R > N, 2 * W >= N)),
        ),
    ),
)
