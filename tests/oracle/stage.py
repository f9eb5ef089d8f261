"""What the stand-in's functions reach from inside a model: the model that is being declared, and the step that is being run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


class Absent(BaseException):
    """The step does not exist here; no `except Exception` of a model may catch it."""


class Limited(Absent):
    """The same, because of a bound of the exploration."""


class ModelError(Exception):
    """An error of the model: what quorate reports with exit code 2."""


class TooLarge(Exception):
    """More states than the caller wanted to see."""


class Choices:
    """Every sequence of choices of a function, by running it again and again: depth first."""

    def __init__(self) -> None:
        self.trail: list[list[int]] = []  # for each choice: which item, of how many
        self.at = 0

    def pick(self, count: int) -> int:
        if self.at == len(self.trail):
            self.trail.append([0, count])
        chosen = self.trail[self.at][0]
        self.at += 1
        return chosen

    def advance(self) -> bool:
        "Go on to the next sequence, if there is one."
        self.at = 0
        while self.trail:
            self.trail[-1][0] += 1
            if self.trail[-1][0] < self.trail[-1][1]:
                return True
            self.trail.pop()
        return False


@dataclass(slots=True)
class Run:
    """One step on its way: whose it is (None for one at module level), who is down, what it has sent."""

    actor: Any
    choices: Choices
    down: frozenset[int]
    settle: Any
    sends: list[tuple[int, int, tuple[Any, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class Declared:
    """What a model declares while it executes."""

    parameters: dict[str, Any]
    parameter_at: dict[int, str]  # by line
    kinds: list[type] = field(default_factory=list)  # of processes, in the order of first use
    entities: list[Any] = field(default_factory=list)
    presets: list[Any] = field(default_factory=list)
    taken: dict[str, Any] = field(default_factory=dict)  # the parameters' values
    modules: dict[str, Any] = field(default_factory=dict)  # the model's own, and those beside it


@dataclass(slots=True)
class Stage:
    declared: Declared | None = None
    run: Run | None = None
    copies: bool = False  # whether storing a container in a field copies it
    domains: Any = None
    past: list[Any] = field(default_factory=list)
    present: Any = None
    limits: Counter[int] = field(default_factory=Counter)  # by line
    ranged: set[tuple[int, int]] = field(default_factory=set)  # quantifiers that had an item
    asked: set[tuple[int, int]] = field(default_factory=set)  # quantifiers that were evaluated


STAGE = Stage()


def declared() -> Declared:
    assert STAGE.declared is not None
    return STAGE.declared


def running(what: str) -> Run:
    if STAGE.run is None:
        raise ModelError(f"`{what}` outside of a step")
    return STAGE.run
