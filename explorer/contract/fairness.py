"""What a check may assume of runs: that what can happen, all the time or again and again, does happen.

Fairness is of turns: a step of one process, a receive on one link, the restart of one process. Nothing is fair by itself, and
no fault that costs ever is: no property may rely on one. Source: Lamport, "Specifying Systems" (2002), section 8.4, where
each action of each process has a condition of its own, too. Read next: `reference/liveness.py`, which judges runs by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.explorer.contract.setting import FREE, members_of, takes
from quorate.language.declare import FAULTS, Fair
from quorate.language.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.explorer.contract.edges import Act
    from quorate.language.declare import Strength
    from quorate.language.loading.model import Model, StepDeclaration
    from quorate.language.values.state import Setting

LINKS = "links"  # every receive, by link
REMEDY = "write `weak Server.retry`, `strong links`, or `weak` for every step"


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A step, whose it is (a module's step is nobody's, `heal` the environment's), and of a receive the sender."""

    step: str
    process: int | None = None
    sender: int | None = None


@dataclass(frozen=True, slots=True)
class Fairness:
    """What is assumed, in words, and the strength for each turn: a turn that is not there is assumed nothing of."""

    words: tuple[str, ...]
    turns: dict[Turn, Strength]


NOTHING = Fairness((), {})


def turn_of(act: Act) -> Turn | None:
    """Return whose turn an edge is; None for a fault that costs."""
    if act.sort == "receive" and act.parcel is not None:
        return Turn(act.step, act.process, act.parcel.source)
    if act.sort == "fault":
        return None if act.step not in FREE else Turn(act.step, act.process if act.step == "restart" else None)
    return Turn(act.step, act.process)


def turns_of(model: Model, step: StepDeclaration) -> Iterator[Turn]:
    """Yield the turns of a step of the protocol, by process and sender."""
    processes = model.processes
    if step.role == "receive":
        links = ((target, source) for target in processes for source in processes if takes(step, target, source))
        yield from (Turn(step.name, target.number, source.number) for target, source in links)
    elif step.kind is None:
        yield Turn(step.name)
    else:
        yield from (Turn(step.name, p.number) for p in processes if type(p) is step.kind)


def fairness_of(model: Model, setting: Setting, asked: str | Sequence[str | Fair]) -> Fairness:
    """Return what these words assume of the model. Of a turn that is named twice the stronger counts. Errors: UsageError."""
    parts = [part for given in ([asked] if isinstance(asked, str) else asked) for part in _parts(given)]
    words: dict[str, None] = {}
    turns: dict[Turn, Strength] = {}
    for part in parts:
        for name in part.steps or ("",):
            words[f"{part.strength} {name}".strip()] = None
            for turn in _named(model, setting, name):
                if turns.get(turn) != "strong":
                    turns[turn] = part.strength
    return Fairness(tuple(words), turns)


def assumes_otherwise(model: Model, setting: Setting, words: str, fairness: Fairness) -> bool:
    """Say whether other fairness is assumed than these words have, which may mean nothing in this setting."""
    try:
        return fairness.turns != fairness_of(model, setting, words or "none").turns
    except UsageError:
        return True


def _parts(given: str | Fair) -> Iterator[Fair]:
    """Yield what a text assumes, part by part: `weak Server.retry, strong links of servers`. Errors: UsageError."""
    if isinstance(given, Fair):
        yield given
        return
    for part in given.split(","):
        strength, _, name = part.strip().partition(" ")
        if strength == "none" and not name and part == given:
            return
        if strength not in {"weak", "strong"}:
            near = did_you_mean(strength, ("weak", "strong"))
            raise UsageError(f"fairness is `weak` or `strong`, not `{strength}`{near}: {REMEDY}")
        yield Fair("weak" if strength == "weak" else "strong", (name.strip(),) if name.strip() else ())


def _named(model: Model, setting: Setting, text: str) -> list[Turn]:
    """Return the turns that a name stands for: a step, a kind of process, `links`, or a fault's end; `... of GROUP` narrows."""
    name, _, narrowed = (piece.strip() for piece in text.partition(" of "))
    steps = [s for s in model.steps if s.role != "initial"]
    if name in FREE:
        found: Iterable[Turn] = _ends(setting, name)
    elif name in FAULTS:
        raise UsageError(f"`{name}` is a fault that costs: no property relies on it, so there is no fairness of it")
    else:
        chosen = [s for s in steps if not name or _is_named(s, name)]
        if not chosen:
            raise UsageError(f"there is no step `{name}`{_near(steps, name)}: {REMEDY}")
        found = [turn for s in chosen for turn in turns_of(model, s)]
    if not narrowed:
        return list(found)
    members = members_of(model, text, narrowed)
    inside = [t for t in found if t.process in members and (t.sender is None or t.sender in members)]
    if not inside:
        raise UsageError(f"fairness `{text}`: no process of `{narrowed}` takes such a step")
    return inside


def _ends(setting: Setting, name: str) -> list[Turn]:
    """Return the turns of restart or heal. Errors: UsageError where there is no budget for it."""
    budget = setting.budgets.get(name)
    if budget is None:
        raise UsageError(f"fairness of `{name}`: it never happens here, as no fault budget allows it")
    return [Turn(name, p) for p in sorted(budget.members)] if name == "restart" else [Turn(name)]


def _is_named(step: StepDeclaration, name: str) -> bool:
    """Say whether a step is meant: by its own name, by that of the class that it was inherited from, by its kind; or a link."""
    if name == LINKS:
        return step.role == "receive"
    by_kind = step.kind is not None and any(base.__name__ == name for base in step.kind.__mro__[:-1])
    return name in {step.name, step.function.__qualname__} or by_kind


def _near(steps: Sequence[StepDeclaration], name: str) -> str:
    known = [*(s.name for s in steps), *(s.kind.__name__ for s in steps if s.kind), LINKS, *FREE]
    whole = [s.name for s in steps if s.name.rpartition(".")[2] == name]
    return f" (did you mean `{whole[0]}`?)" if whole else did_you_mean(name, known)
