"""Elections as Raft has them (Ongaro & Ousterhout 2014, section 5.2), with terms counted round: votes may split for ever.

That a term ends without a leader is no defect; that it happens again and again is what randomised clocks make unlikely. A
fair winner, one server whose candidacy goes through again and again, is enough.
"""

from __future__ import annotations

from quorate import (
    Group,
    Preset,
    Process,
    Shared,
    action,
    always,
    durable,
    eventually,
    possible,
    require,
    strong,
)


class Term(Shared):
    voted: dict[Server, Server] = durable({})  # in the present term
    leader: Server | None = durable(None)


class Server(Process):
    @action
    def stand(self) -> None:
        require(term.leader is None and self not in term.voted)
        term.voted[self] = self

    @action
    def vote(self, candidate: Server) -> None:
        require(term.leader is None and self not in term.voted and candidate in term.voted)
        require(term.voted[candidate] is candidate)
        term.voted[self] = candidate

    @action
    def win(self) -> None:
        require(term.leader is None and sum(v is self for v in term.voted.values()) >= 2)
        term.leader = self


@action
def time_out() -> None:
    "The term ends, and the next one begins."
    require(term.leader is None and len(term.voted) > 0)
    term.voted = {}


term = Term.single()
servers = Group(Server, 3)


@always
def who_leads_stood() -> bool:
    return term.leader is None or term.voted[term.leader] is term.leader


@eventually
def a_leader() -> bool:
    return term.leader is not None


@possible
def there_may_be_one() -> bool:
    return term.leader is not None


presets = [
    Preset("default", violates={a_leader: 2}, holds=[who_leads_stood, there_may_be_one]),
    Preset("endless, though all are fair", fairness="weak", violates=[a_leader], holds=[there_may_be_one]),
    Preset(
        "split votes for ever",
        fairness=["weak", strong("Server.stand", "Server.vote")],
        violates=[a_leader],
        holds=[there_may_be_one],
    ),
    Preset("a fair winner", fairness=["weak", strong("Server.vote", "Server.win")], holds=[a_leader, there_may_be_one]),
]
