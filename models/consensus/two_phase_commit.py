"""Two-phase commit: several managers commit one transaction, or none does.

Each manager prepares, and says so, or aborts by itself while it still may. The coordinator commits when everyone has
prepared, and may give up at any time before that. Whoever has prepared has promised to do what the coordinator decides: if
that decision never comes, the manager is blocked, and the locks of the transaction with it.

Source: Gray & Lamport, "Consensus on Transaction Commit" (2006), section 3, and the TLA+ specification `TwoPhase` that
belongs to it.

Abstracted: what the transaction does; the request to prepare (a manager prepares by itself); timeouts (giving up is always
possible).
"""

from __future__ import annotations

from enum import Enum, auto

from quorate import (
    Faults,
    Group,
    Message,
    Preset,
    Process,
    action,
    always,
    broadcast,
    durable,
    final,
    param,
    receive,
    require,
    send,
    sometimes,
    up,
)

# -- parameters -------------------------------------------------------------------------------------------------------

MANAGERS = param(3, "resource managers that take part", choices=range(1, 12))
IMPATIENT = param(False, "a prepared manager may give up by itself")
TLA = param(False, "exactly the steps of the TLA+ specification, for the `set` network")

# -- types ------------------------------------------------------------------------------------------------------------


class Stage(Enum):
    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Decision(Enum):
    COMMIT = auto()
    ABORT = auto()


# -- messages ---------------------------------------------------------------------------------------------------------


class Prepared(Message):
    """A manager's vote: it will do what is decided."""


class Commit(Message):
    """The decision that everyone has prepared."""


class Abort(Message):
    """The decision to give up."""


# -- processes --------------------------------------------------------------------------------------------------------


class Manager(Process):
    stage: Stage = durable(Stage.WORKING)

    @action
    def prepare(self) -> None:
        require(self.stage is Stage.WORKING)
        self.stage = Stage.PREPARED
        send(Prepared(), to=coordinator)

    @action
    def choose_to_abort(self) -> None:
        require(self.stage is Stage.WORKING)
        self.stage = Stage.ABORTED

    @receive
    def on_commit(self, m: Commit) -> None:
        self.stage = Stage.COMMITTED

    @receive
    def on_abort(self, m: Abort) -> None:
        self.stage = Stage.ABORTED


class Coordinator(Process):
    decision: Decision | None = durable(None)
    prepared: set[Manager] = durable(set())

    @receive
    def on_prepared(self, m: Prepared, sender: Manager) -> None:
        if TLA:
            require(self.decision is None)  # in the `set` network a message that nobody reads just stays
        self.prepared.add(sender)

    @action
    def commit(self) -> None:
        require(self.decision is None and len(self.prepared) == len(managers))
        self.decision = Decision.COMMIT
        broadcast(Commit(), to=managers)

    @action
    def abort(self) -> None:
        require(self.decision is None)
        self.decision = Decision.ABORT
        broadcast(Abort(), to=managers)


# -- groups -----------------------------------------------------------------------------------------------------------

managers = Group(Manager, MANAGERS)
coordinator = Coordinator.single()

if IMPATIENT:

    @action
    def give_up(manager: Manager) -> None:
        require(manager.stage is Stage.PREPARED)
        manager.stage = Stage.ABORTED


# -- properties -------------------------------------------------------------------------------------------------------


@always
def managers_agree() -> bool:
    "No manager commits where another aborts."
    return not any(a.stage is Stage.COMMITTED and b.stage is Stage.ABORTED for a in managers for b in managers)


@sometimes
def everyone_commits() -> bool:
    "The transaction can succeed."
    return all(m.stage is Stage.COMMITTED for m in managers)


if not TLA:  # there, what was sent may be delivered again and again: no run ends

    @final
    def nobody_is_blocked() -> bool:
        "In the end no running manager is left prepared without a decision."
        return not any(m.stage is Stage.PREPARED and up(m) for m in managers)


# -- presets ----------------------------------------------------------------------------------------------------------

presets = [
    Preset(
        "default",
        states=415,
        depth=10,
        about="Without faults everyone ends with the same decision: the sibling of all presets below.",
    ),
    Preset(
        "blocking",
        faults=Faults(crash="1 of Coordinator"),
        violates={"nobody_is_blocked": 4},
        states=830,
        depth=11,
        about="The coordinator crashes before it decides: whoever has prepared waits for ever.",
    ),
    Preset(
        "coordinator returns",
        faults=Faults(crash="1 of Coordinator", restart="1 of Coordinator"),
        states=1_245,
        depth=12,
        about="It comes back with the votes on its disk, and decides: blocked for a while, and not for ever.",
    ),
    Preset(
        "lost decision",
        faults=Faults(drop=1),
        violates={"nobody_is_blocked": 6},
        states=1_190,
        depth=10,
        about="One lost message blocks as well as a crash: nothing here repeats a decision.",
    ),
    Preset(
        "impatient manager",
        params={"IMPATIENT": True},
        violates={"managers_agree": 9},
        states=972,
        depth=10,
        about="Why it must wait: a prepared manager that gives up contradicts a commit under way. No fault is needed.",
    ),
    Preset(
        "forgotten vote",
        faults=Faults(crash="1 of managers", amnesia="1 of managers"),
        violates={"managers_agree": 11, "nobody_is_blocked": 8},
        states=4_664,
        depth=14,
        about="A manager that forgets its vote aborts a transaction that the coordinator then commits.",
    ),
    Preset(
        "tla",
        params={"TLA": True},
        network="set",
        states=288,
        depth=10,
        about="The TLA+ specification, state for state: 288 with 3 managers, 8,832 with 5, 296,448 with 7, 10,340,352 with 9.",
    ),
]
