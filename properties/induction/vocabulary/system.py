"""A protocol as a transition system over relations, and the claim that it is safe for any number of nodes.

`proofs/` holds one page for each; `obligation.py` says what must be proved of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.formula import TRUE, Formula, Sort, Symbol, Update, Var

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quorate.properties.induction.vocabulary.cluster import Cluster
    from quorate.properties.induction.vocabulary.premise import Premise


@dataclass(frozen=True, slots=True)
class Action:
    """One atomic step: a choice of parameters, a guard, and what changes. All that is not updated stays.

    `phrase` says the step in words, with the parameters' names in braces.
    """

    name: str
    parameters: tuple[Var, ...]
    phrase: str
    guard: Formula
    updates: tuple[Update, ...]

    def update_of(self, symbol: Symbol) -> Update | None:
        """Return what this step makes of the symbol, or `None` where it stays."""
        return next((u for u in self.updates if u.symbol == symbol), None)


@dataclass(frozen=True, slots=True)
class System:
    """Sorts, what never changes (`fixed`) with its axioms, what changes (`state`), the initial condition, and the steps."""

    sorts: tuple[Sort, ...]
    fixed: tuple[Symbol, ...]
    state: tuple[Symbol, ...]
    initially: Formula
    actions: tuple[Action, ...]
    axioms: Mapping[str, Formula] = field(default_factory=dict[str, Formula])

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols, the fixed ones first."""
        return self.fixed + self.state

    def replacing(self, action: Action) -> tuple[Action, ...]:
        """Return the actions with the one of that name replaced."""
        assert any(a.name == action.name for a in self.actions), f"no action `{action.name}` to replace"
        return tuple(action if a.name == action.name else a for a in self.actions)


@dataclass(frozen=True, slots=True)
class Hint:
    """What follows from the invariants named in `by` and an action's guard, said with the action's parameters."""

    name: str
    claim: Formula
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """A system, what it must never break, and why it does not: the invariants that make the safety inductive.

    `premises` are the facts about quorums or clocks the argument rests on; each is proved on its own first. `clusters` are
    the finite clusters on which a failed step of the proof is looked for, smallest first. `witness` is a state that some
    run must reach on one of them, else the claim would say nothing. `hints` gives lemmas for an action by its name: each is
    proved, from those before it too, and then used in the action's consecution.
    """

    system: System
    safety: Mapping[str, Formula]
    invariants: Mapping[str, Formula]
    clusters: tuple[Cluster, ...]
    witness: Formula = TRUE
    premises: tuple[Premise, ...] = ()
    hints: Mapping[str, tuple[Hint, ...]] = field(default_factory=dict[str, "tuple[Hint, ...]"])
    depth: int = 12

    @property
    def conjuncts(self) -> dict[str, Formula]:
        """The safety properties and the invariants: together, what is proved to hold in every reachable state."""
        return {**self.safety, **self.invariants}


@dataclass(frozen=True, slots=True)
class Twin:
    """A variant of a proved protocol with one thing changed, and the verdict expected of it.

    `violated` where the change breaks the protocol, `unknown` where it only breaks the argument.
    """

    name: str
    change: str
    protocol: Protocol
    expected: str = "violated"


@dataclass(frozen=True, slots=True)
class Proof:
    """A named theorem: the sentence says exactly what is proved, `source` where the argument comes from."""

    name: str
    sentence: str
    source: str
    protocol: Protocol
    twins: tuple[Twin, ...]
