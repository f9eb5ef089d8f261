"""The faults of one state as edges, in the order of `declare.FAULTS`: what a crash, a lost message or a cut link does.

Each is possible while its budget lasts and for those that the budget names. Restart and heal cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.edges import Act, Edge
from quorate.explorer.contract.setting import FREE
from quorate.explorer.reference.present import Limited
from quorate.explorer.reference.stepping import Stepper, without
from quorate.language.declare import FAULTS
from quorate.language.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quorate.language.declare import Storage
    from quorate.language.loading.prelude import Spot
    from quorate.language.values.state import Frozen, Global, Parcel


def faults(stepper: Stepper, state: Global, limited: list[Spot]) -> list[Edge]:
    """Return every fault that can happen in the state; `limited` gets the limits that stopped one."""
    found: list[Edge] = []
    for index, name in enumerate(FAULTS):
        budget = stepper.system.setting.budgets.get(name)
        if budget is not None and state.budgets[index] != 0:
            left = state.budgets[index]
            budgets = (*state.budgets[:index], None if left is None else left - 1, *state.budgets[index + 1 :])
            found += MEANINGS[name](stepper, replace(state, budgets=budgets), budget.members, limited)
    return found


def _edge(
    name: str, process: int, target: Global, arguments: dict[str, bool | str] | None = None, **rest: tuple[Parcel, ...]
) -> Edge:
    act = Act(name, "fault", process, tuple((arguments or {}).items()))
    return Edge(act, target, 0 if name in FREE else 1, rest.get("sent", ()), rest.get("lost", ()))


# -- processes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reset:
    """A fault that gives the fields of these storages their first values."""

    name: str
    storages: frozenset[Storage]


CRASH = Reset("crash", frozenset({"volatile"}))
AMNESIA = Reset("amnesia", frozenset({"volatile", "durable"}))


def _crashes(stepper: Stepper, state: Global, members: frozenset[int], limited: list[Spot]) -> Iterator[Edge]:
    for process in sorted(members - state.down):
        yield from _reset(stepper, state, process, CRASH, limited)


def _restarts(_: Stepper, state: Global, members: frozenset[int], __: list[Spot]) -> Iterator[Edge]:
    for process in sorted(members & state.down):
        yield _edge("restart", process, replace(state, down=state.down - {process}))


def _amnesias(stepper: Stepper, state: Global, members: frozenset[int], limited: list[Spot]) -> Iterator[Edge]:
    for process in sorted(members & state.down):
        yield from _reset(stepper, state, process, AMNESIA, limited)


def _reset(stepper: Stepper, state: Global, process: int, reset: Reset, limited: list[Spot]) -> Iterator[Edge]:
    """Yield the edges that turn the process off or on, and give its fields of these storages first values."""
    holder = stepper.system.model.processes[process]
    declared = stepper.system.model.fields[type(holder).__name__]
    for first, choices in stepper.first_rows(holder, limited):
        row: tuple[Frozen, ...] = tuple(
            new if field.storage in reset.storages else kept
            for field, new, kept in zip(declared, first, state.fields[process], strict=True)
        )
        fields = (*state.fields[:process], row, *state.fields[process + 1 :])
        lost = _connected(stepper, state, process) if reset is CRASH else ()
        flight = tuple(p for p in state.flight if p not in lost)
        target = replace(state, fields=fields, down=state.down ^ {process}, flight=flight)
        edge = _edge(reset.name, process, target, lost=lost)
        yield replace(edge, act=replace(edge.act, choices=choices))


def _connected(stepper: Stepper, state: Global, process: int) -> tuple[Parcel, ...]:
    """Return what is in flight to and from the process, where a crash loses that."""
    lost = stepper.system.setting.connections == "lost"
    return tuple(p for p in state.flight if lost and process in {p.source, p.target})


# -- messages ---------------------------------------------------------------------------------------------------------


def _within(state: Global, members: frozenset[int]) -> list[Parcel]:
    return [p for p in dict.fromkeys(state.flight) if p.source in members and p.target in members]


def _drops(_: Stepper, state: Global, members: frozenset[int], __: list[Spot]) -> Iterator[Edge]:
    for parcel in _within(state, members):
        target = replace(state, flight=without(state.flight, parcel))
        edge = _edge("drop", parcel.target, target, lost=(parcel,))
        yield replace(edge, act=replace(edge.act, parcel=parcel))


def _duplicates(stepper: Stepper, state: Global, members: frozenset[int], limited: list[Spot]) -> Iterator[Edge]:
    for parcel in _within(state, members):
        at = state.flight.index(parcel)
        flight = (*state.flight[:at], parcel, *state.flight[at:])
        edge = _edge("duplicate", parcel.target, replace(state, flight=flight), sent=(parcel,))
        edge = replace(edge, act=replace(edge.act, parcel=parcel))
        try:
            stepper.check_capacity(flight, None)
        except ModelError as error:
            edge = replace(edge, target=None, error=error)
        except Limited as limit:
            limited.append(limit.at)
            continue
        yield edge


# -- links ------------------------------------------------------------------------------------------------------------


def _cuts(stepper: Stepper, state: Global, members: frozenset[int], _: list[Spot]) -> Iterator[Edge]:
    whole = {link for link in stepper.system.setting.links if members.issuperset(link)} - state.cut
    for process, arguments, links in _ways(stepper, whole):
        lost = tuple(p for p in state.flight if (p.source, p.target) in links)
        flight = tuple(p for p in state.flight if (p.source, p.target) not in links)
        target = replace(state, cut=state.cut | links, flight=flight)
        yield _edge("cut", process, target, arguments, lost=lost)


def _heals(stepper: Stepper, state: Global, members: frozenset[int], _: list[Spot]) -> Iterator[Edge]:
    broken = {link for link in state.cut if members.issuperset(link)}
    for process, arguments, links in _ways(stepper, broken):
        yield _edge("heal", process, replace(state, cut=state.cut - links), arguments)


def _ways(
    stepper: Stepper, links: set[tuple[int, int]]
) -> Iterator[tuple[int, dict[str, bool | str], frozenset[tuple[int, int]]]]:
    """Yield each link alone and each pair of opposite ones together: by the process, the peer, one way before both."""
    for source, target in sorted(links):
        peer = stepper.system.model.processes[target].label
        yield source, {"peer": peer, "both": False}, frozenset({(source, target)})
        if source < target and (target, source) in links:
            yield source, {"peer": peer, "both": True}, frozenset({(source, target), (target, source)})


MEANINGS: dict[str, Callable[[Stepper, Global, frozenset[int], list[Spot]], Iterable[Edge]]] = {
    "crash": _crashes,
    "restart": _restarts,
    "amnesia": _amnesias,
    "drop": _drops,
    "duplicate": _duplicates,
    "cut": _cuts,
    "heal": _heals,
}
