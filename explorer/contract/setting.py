"""From what a person says of network and faults to a `Setting`: which links there are, what may fail, how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quorate.language.declare import FAULTS, ORDERS
from quorate.language.errors import UsageError, did_you_mean
from quorate.language.loading.presets import start_names
from quorate.language.values.state import Budget, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.declare import Faults, Full, Order, Process
    from quorate.language.loading.model import Model, StepDeclaration
    from quorate.language.loading.prelude import Spot

CAPACITY: dict[Order, int] = {"unordered": 64, "set": 64, "fifo": 16}
FREE = frozenset({"restart", "heal"})  # the end of a fault costs nothing
FULL: Spot = ("", 0, 0)  # stands for the place of a `limit`, where a full network stopped a step


def setting_of(
    model: Model,
    faults: Faults,
    network: Order,
    capacity: int | None,
    *,
    full: Full = "error",
    start: Sequence[str] = (),
) -> Setting:
    """Return the setting; without a capacity, 64 messages in flight, or 16 in each queue of `fifo`. Errors: UsageError.

    `start`: the module-level `@initial`s that run, of those that some preset names.
    """
    if network not in ORDERS:
        near = did_you_mean(network, ORDERS)
        raise UsageError(f"there is no network `{network}`{near}: choose one of " + ", ".join(f"`{o}`" for o in ORDERS))
    if capacity is not None and capacity < 1:
        raise UsageError(f"a network has a capacity of at least one message, not {capacity}")
    budgets = {name: budget_of(model, name, getattr(faults, name)) for name in FAULTS}
    budgets = {name: budget for name, budget in budgets.items() if budget.count != 0}
    for name in ("drop", "duplicate"):
        if name in budgets and network == "set":
            remedy = "it delivers any message any number of times, or never"
            raise UsageError(f"`{name}` means nothing on the network `set`: {remedy}")
    held = CAPACITY[network] if capacity is None else capacity
    return Setting(network, held, budgets, _links(model), full, _start(model, start), faults.connections)


def full_text(setting: Setting) -> str:
    """Return what a full network holds, as the verdict says it of a limit."""
    many = f"{setting.capacity:,} message{'' if setting.capacity == 1 else 's'}"
    return f"{many} in {'each queue' if setting.network == 'fifo' else 'flight'}"


def _start(model: Model, named: Sequence[str]) -> tuple[str, ...]:
    known = {s.name for s in model.openings}
    for name in named:
        if name not in known:
            raise UsageError(f"`{model.name}` has no module-level `@initial` `{name}`{did_you_mean(name, known)}")
    optional = scenarios(model)
    return tuple(s.name for s in model.openings if s.name in named or s.name not in optional)


def scenarios(model: Model) -> frozenset[str]:
    """Return the module-level `@initial`s that run only in the presets that name them."""
    return frozenset(name for preset in model.presets for name in start_names(preset))


def budget_of(model: Model, fault: str, given: int | str) -> Budget:
    """Return how often the fault may happen, and to whom: `1`, `any`, `1 of servers`. Errors: UsageError."""
    text = str(given).strip()
    parsed = re.fullmatch(r"(\d+|any)(?:\s+of\s+(\w+))?", text, re.IGNORECASE)
    if isinstance(given, bool) or parsed is None:
        remedy = "write a number or `any`, and `1 of servers` to say to whom"
        raise UsageError(f"`{fault}` cannot happen `{text}` times: {remedy}")
    count, name = parsed.groups()
    members = frozenset(p.number for p in model.processes) if name is None else members_of(model, fault, name)
    return Budget(None if count.casefold() == "any" else int(count), members)


def budget_text(model: Model, budget: Budget) -> str:
    """Return a budget as people write it: the inverse of `budget_of`."""
    count = "any" if budget.count is None else str(budget.count)
    if budget.members == frozenset(p.number for p in model.processes):
        return count
    return f"{count} of {next(name for name, members in _narrowings(model).items() if members == budget.members)}"


def faults_text(model: Model, setting: Setting) -> dict[str, str]:
    """Return the budgets as people write them, and what becomes of connections where that is said."""
    budgets = {name: budget_text(model, budget) for name, budget in setting.budgets.items()}
    return budgets if setting.connections == "kept" else {**budgets, "connections": setting.connections}


def members_of(model: Model, what: str, name: str) -> frozenset[int]:
    """Return the processes that a group, a kind or a label stands for; `what` is narrowed to them. Errors: UsageError."""
    known = _narrowings(model)
    if name not in known:
        single = next((vars(s.module)[name] for s in model.sources if name in vars(s.module)), None)
        kind = type(single).__name__
        near = f" (it is the one `{kind}`: write `of {kind}`)" if kind in known else did_you_mean(name, known)
        raise UsageError(f"`{what}`: `{model.name}` has no group or kind of process `{name}`{near}")
    return known[name]


def _narrowings(model: Model) -> dict[str, frozenset[int]]:
    """Return the processes that the name of each group and kind, and the label of each process, stands for."""
    kinds = {kind: frozenset(t.members) for kind, t in model.ids.items() if t.members}
    labels = {p.label: frozenset({p.number}) for p in model.processes}
    return {g.name: frozenset(p.number for p in g) for g in model.groups} | labels | kinds


def _links(model: Model) -> tuple[tuple[int, int], ...]:
    handlers = [s for s in model.steps if s.role == "receive"]
    return tuple(
        (source.number, target.number)
        for source in model.processes
        for target in model.processes
        if source is not target and any(takes(h, target, source) for h in handlers)
    )


def takes(handler: StepDeclaration, target: Process, source: Process) -> bool:
    """Say whether this handler is the target's and takes a message from the source."""
    return type(target) is handler.kind and (handler.sender is None or isinstance(source, handler.sender))
