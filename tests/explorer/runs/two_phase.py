"""Two-phase commit blocks (Gray 1978; Skeen 1981): who has prepared waits for a coordinator that may never come back."""

from __future__ import annotations

from enum import Enum, auto

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    action,
    broadcast,
    durable,
    leads_to,
    possible,
    receive,
    require,
    send,
    weak,
)


class Stage(Enum):
    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()


class Prepared(Message):
    pass


class Commit(Message):
    pass


class Manager(Process):
    stage: Stage = durable(Stage.WORKING)

    @action
    def prepare(self) -> None:
        require(self.stage is Stage.WORKING)
        self.stage = Stage.PREPARED
        send(Prepared(), to=coordinator)

    @receive
    def on_commit(self, m: Commit) -> None:
        self.stage = Stage.COMMITTED


class Coordinator(Process):
    prepared: set[Manager] = durable(set())
    decided: bool = durable(False)

    @receive
    def on_prepared(self, m: Prepared, sender: Manager) -> None:
        self.prepared.add(sender)

    @action
    def commit(self) -> None:
        require(not self.decided and len(self.prepared) == len(managers))
        self.decided = True
        broadcast(Commit(), to=managers)


managers = Group(Manager, 2)
coordinator = Coordinator.single()


def is_done(m: Manager) -> bool:
    return m.stage is Stage.COMMITTED


@leads_to(is_done)
def waits(m: Manager) -> bool:
    "Whoever has prepared is told."
    return m.stage is Stage.PREPARED


@possible
def can_end(m: Manager) -> bool:
    return m.stage is Stage.COMMITTED


presets = [
    Preset("default", holds=[waits, can_end]),
    Preset("crash", faults=Faults(crash="1 of Coordinator"), fairness="weak", violates={waits: 3, can_end: 1}),
    Preset(
        "returns, perhaps",
        faults=Faults(crash="1 of Coordinator", restart="any"),
        fairness="weak",
        violates={waits: 3},
        holds=[can_end],
    ),
    Preset(
        "returns",
        faults=Faults(crash="1 of Coordinator", restart="any"),
        fairness=["weak", weak("restart")],
        holds=[waits, can_end],
    ),
    Preset(
        "crashes again and again",
        faults=Faults(crash="any of Coordinator", restart="any"),
        fairness=["weak", weak("restart")],
        violates=[waits],
        holds=[can_end],
    ),
    Preset(
        "crashes again and again, fair all the same",
        faults=Faults(crash="any of Coordinator", restart="any"),
        fairness=["strong", weak("restart")],
        holds=[waits, can_end],
    ),
]
