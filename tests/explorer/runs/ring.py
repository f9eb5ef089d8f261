"""Leader election in a ring (Chang & Roberts 1979): the greatest number that comes round is elected, and announces itself.

Everything rests on messages that arrive: without fairness a server may try its clock for ever.
"""

from __future__ import annotations

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    action,
    always,
    durable,
    eventually,
    eventually_always,
    possible,
    receive,
    require,
    send,
    strong,
    weak,
)


class Candidate(Message):
    who: Server


class Elected(Message):
    who: Server


class Server(Process):
    stood: bool = durable(False)
    leader: Server | None = durable(None)

    @action
    def watch_clock(self) -> None:
        pass

    @action
    def stand(self) -> None:
        require(not self.stood)
        self.stood = True
        send(Candidate(self), to=servers[(self.index + 1) % 3])

    @receive
    def on_candidate(self, m: Candidate) -> None:
        if m.who is self:
            self.leader = self
            send(Elected(self), to=servers[(self.index + 1) % 3])
        elif m.who.index > self.index:
            self.stood = True
            send(Candidate(m.who), to=servers[(self.index + 1) % 3])

    @receive
    def on_elected(self, m: Elected) -> None:
        if m.who is not self:
            self.leader = m.who
            send(Elected(m.who), to=servers[(self.index + 1) % 3])


servers = Group(Server, 3)


@always
def one_leader() -> bool:
    return len({s.leader for s in servers if s.leader is not None}) <= 1


@eventually
def knows_a_leader(s: Server) -> bool:
    return s.leader is not None


@eventually_always
def they_agree() -> bool:
    return all(s.leader is not None for s in servers)


@possible
def may_be_led() -> bool:
    return all(s.leader is not None for s in servers)


FAIR = [weak(Server.stand), strong("links")]

presets = [
    Preset("default", fairness=FAIR),
    Preset("nothing fair", violates={knows_a_leader: 1, they_agree: 1}, holds=[one_leader, may_be_led]),
    Preset(
        "one message lost",
        faults=Faults(drop=1),
        fairness=FAIR,
        violates=[knows_a_leader, they_agree, may_be_led],
        holds=[one_leader],
    ),
]
