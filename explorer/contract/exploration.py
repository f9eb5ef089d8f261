"""What a full search counts: states, edges, how often each step fired, what its limits stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quorate.language.declare import FAULTS

Cut = Literal["states", "depth", "time", "memory", "interrupted", "first"]  # what stopped a search before its end


@dataclass(frozen=True, slots=True)
class Stopped:
    """How often a `limit` stopped a step, or how many states (`sort`) are outside a constraint."""

    text: str
    times: int
    sort: Literal["step", "state"] = "step"


@dataclass(frozen=True, slots=True)
class Exploration:
    """The counts of one full breadth-first search. `odds` is the chance that the compact store missed a state.

    `plain` is how many states there are without what guarantees of histories keep; None where none is asked for, or unknown.
    """

    states: int
    edges: int
    depth: int
    terminal: int
    stuck: int
    fired: dict[str, int]  # edges by step, faults included
    limits: tuple[Stopped, ...]
    cut: Cut | None
    seconds: float
    peak_bytes: int
    engine: Literal["native", "reference"]
    threads: int = 1
    store: Literal["exact", "compact"] = "exact"
    odds: float = 0.0
    plain: int | None = None

    def costs(self, guarantees: tuple[str, ...]) -> list[str]:
        """Return what the guarantees of histories cost, where that is known, as a note."""
        if self.plain is None:
            return []
        keep = f"what {', '.join(guarantees)} keep{'s' if len(guarantees) == 1 else ''}"
        return [f"{self.plain:,} states without {keep}: with it {self.states / self.plain:.2f} times as many"]

    @property
    def idle(self) -> bool:
        """Say whether a whole search took no step of the protocol: faults alone are nothing that it does."""
        return self.cut is None and not any(count for name, count in self.fired.items() if name not in FAULTS)
