"""Which messages can be in flight between which processes, and who handles them: read off the sends and the receives.

The layout needs it for messages in flight, the C meaning for delivering them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from quorate.language.program.ir import Const, Send, Step
from quorate.language.values.types import ListOf, ProcessId, RecordOf, SetOf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.language.program.ir import Expr, Program

T = TypeVar("T")
Pair = tuple[int, int]  # source and target, by number


@dataclass(frozen=True, slots=True)
class Routes:
    """`pairs[message]` can carry that message: some step may send it so and its target handles it; sorted."""

    pairs: dict[str, tuple[Pair, ...]]

    @property
    def all(self) -> tuple[Pair, ...]:
        """Return every pair that can carry something, sorted."""
        return tuple(sorted({pair for pairs in self.pairs.values() for pair in pairs}))


def routes_of(program: Program) -> Routes:
    """Return where each message can be in flight. A message that no step sends has no pairs."""
    found: dict[str, set[Pair]] = {m.name: set() for m in program.messages}
    for send in _sends(program):
        name = message_of(send)
        for pair in _pairs(send):
            if handler(program, name, *pair):
                found.setdefault(name, set()).add(pair)
    return Routes({name: tuple(sorted(pairs)) for name, pairs in found.items()})


def handler(program: Program, message: str, source: int, target: int) -> Step | None:
    """Return the step that handles the message at the target, or None where it does not take it from this source."""
    receivers = (s for s in program.steps if s.role == "receive" and handled(s).name == message)
    step = next((s for s in receivers if s.kind == program.processes[target].kind), None)
    return step if step and source in senders(step) else None


def runners(program: Program, step: Step) -> tuple[int, ...]:
    """Return the processes that take a step of a kind: those of this very kind; a derived kind has its own steps."""
    return tuple(h.number for h in program.processes if h.kind == step.kind)


def handled(step: Step) -> RecordOf:
    """Return the message of a receive."""
    return cast("RecordOf", step.parameters[1].type)


def senders(step: Step) -> tuple[int, ...]:
    """Return the processes whose messages a receive takes."""
    return cast("ProcessId", step.parameters[2].type).members


def message_of(send: Send) -> str:
    """Return the name of what is sent."""
    return cast("RecordOf", send.message.type).name


def _pairs(send: Send) -> Iterator[Pair]:
    for source in _processes(send.sender):
        for target in _processes(send.to):
            if not (send.every and source == target):
                yield source, target


def _processes(e: Expr) -> tuple[int, ...]:
    if isinstance(e, Const):
        return (e.value,) if isinstance(e.value, int) else tuple(cast("tuple[int, ...]", e.value))
    t = e.type
    if isinstance(t, (SetOf, ListOf)):
        t = t.item
    return t.members if isinstance(t, ProcessId) else ()


def _sends(program: Program) -> Iterator[Send]:
    yield from walk((s.body for s in program.steps), Send)
    yield from walk((f.body for f in program.functions.values()), Send)


def walk(node: object, sort: type[T]) -> Iterator[T]:
    """Yield every node of this sort in a tree of the IR, outermost first."""
    if isinstance(node, sort):
        yield node
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        for field in dataclasses.fields(node):
            yield from walk(getattr(node, field.name), sort)
    elif isinstance(node, str):
        return
    elif hasattr(node, "__iter__") and not isinstance(node, frozenset):
        for item in cast("Iterator[object]", node):
            yield from walk(item, sort)
