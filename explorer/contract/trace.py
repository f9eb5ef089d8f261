"""A run of a protocol, step by step, and the file it is kept in (docs/trace.schema.json).

Everything in it is plain data: values as `values.to_json` writes them, processes by label. So a trace can be shown without
its model; `replay.py` runs it again through the reference engine and says where a changed model differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from quorate.language.values.values import show

VERSION = 1

Json = bool | int | str | None | list["Json"] | dict[str, "Json"]
Sort = Literal["action", "receive", "fault"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A process or shared state, as a trace names it."""

    label: str
    kind: str
    group: str | None
    index: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message in flight; `id` numbers sendings within the trace, so that an arrow has two ends."""

    id: int
    message: Json  # {"record": NAME, "fields": {...}}
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state: `fields[label][name]`; which processes are down; cut links; what is in flight; fault budgets left."""

    fields: dict[str, dict[str, Json]]
    down: tuple[str, ...]
    cut: tuple[tuple[str, str], ...]
    flight: tuple[Envelope, ...]
    budgets: dict[str, int]


@dataclass(frozen=True, slots=True)
class Label:
    """What happened: the step, whose it is (a module's step has none), its arguments, choices, and the message received."""

    step: str
    sort: Sort
    process: str | None
    arguments: dict[str, Json] = field(default_factory=dict)
    choices: tuple[Json, ...] = ()
    message: Json = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a trace: its label, what it did to messages (by id), and the state after it.

    `lost` went missing in this step (dropped, or cut off, or sent into a cut link); `duplicated` are the copies made.
    """

    label: Label
    text: str  # the label as people read it: `Server 1: start_election()`
    where: str  # file:line of the step, or "" for a fault
    received: int | None
    sent: tuple[int, ...]
    lost: tuple[int, ...]
    duplicated: tuple[int, ...]
    envelopes: tuple[Envelope, ...]  # of every id this step introduced
    state: Snapshot | None  # None after the step that ends in an error of the model


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a client as an interval of steps; `end` None while it is pending.

    `argument` is a tuple where there are several, and None where there is none. `history` is what it was told to.
    """

    client: str
    name: str
    argument: Json
    result: Json
    start: int
    end: int | None
    history: str = ""
    failed: bool = False

    @property
    def call(self) -> str:
        """Return it as a step of the model calls it: `write(1)`."""
        match self.argument:
            case None:
                return f"{self.name}()"
            case {"tuple": list(arguments)}:
                return f"{self.name}({', '.join(map(show, arguments))})"
            case argument:
                return f"{self.name}({show(argument)})"

    @property
    def outcome(self) -> str:
        """Return what came of it: `returned 0`, `ended` where it returns nothing, `failed`, `is open`."""
        if self.end is None:
            return "is open"
        if self.failed:
            return "failed"
        return "ended" if self.result is None else f"returned {show(self.result)}"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why the property is false: `all servers a, b: ...` with the values it was false for."""

    text: str  # the conjunct, as it stands in the source
    values: dict[str, Json]  # the variables and fields it speaks of, by their text
    line: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The model, its source's SHA-256, and its configuration: what a replay needs."""

    model: str
    path: str
    sha256: str
    parameters: dict[str, Json]
    network: str
    capacity: int
    faults: dict[str, str]
    full: Literal["error", "limit"] = "error"
    start: tuple[str, ...] = ()
    guarantees: tuple[str, ...] = ()  # those that were asked of its histories


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole story. `loop` is the number of the moment that a lasso goes back to.

    Of a property of whole runs: `asked` are the processes it is asked of, `fairness` what was assumed, `remarks` what never
    happens, and which fairness would exclude the run.
    """

    origin: Origin
    name: str  # of the property
    modality: str
    statement: str
    verdict: str  # "violated", "found" (a witness), "error", "stuck", "walked" (by hand)
    lanes: tuple[Lane, ...]
    initial: Snapshot
    moments: tuple[Moment, ...]
    causes: tuple[Cause, ...] = ()
    error: str = ""
    loop: int | None = None
    operations: tuple[Operation, ...] = ()
    asked: tuple[str, ...] = ()
    fairness: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def faults(self) -> int:
        """Return how many faults it takes (restart and heal cost nothing)."""
        return sum(m.label.sort == "fault" and m.label.step not in {"restart", "heal"} for m in self.moments)
