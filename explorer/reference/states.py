"""The states of a model and what each leads to, by running the author's own functions on real objects.

Read next: `stepping.py`, one state's edges; `judging.py`, what the properties say; `reference.py`, the engine that walks them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from quorate.explorer.contract.account import Account, Sight
from quorate.explorer.contract.edges import Expansion
from quorate.explorer.contract.exploration import Stopped
from quorate.explorer.contract.setting import FULL, full_text
from quorate.explorer.reference.faults import faults
from quorate.explorer.reference.judging import Judge
from quorate.explorer.reference.present import System
from quorate.explorer.reference.stepping import Stepper

if TYPE_CHECKING:
    from quorate.language.loading.model import Model, PropertyDeclaration
    from quorate.language.loading.prelude import Spot
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global, Setting


class States:
    """What every state leads to. The program, where there is one, gives inferred bounds and numbers quantifiers.

    Without `inferred` bounds it takes nothing from the program that decides what a step does.
    """

    def __init__(self, model: Model, setting: Setting, program: Program | None = None, *, inferred: bool = True) -> None:
        self.system = System.of(model, setting, program if inferred else None)
        self.stepper = Stepper(self.system)
        self.judge = Judge.of(self.system, program)
        self.program = program

    def initial_states(self) -> list[Global]:
        """Return the first states in the order of their values. Errors: ModelError where an `@initial` has one."""
        return self.stepper.first_states()

    def first_limits(self) -> Counter[Spot]:
        """Return how often each limit stopped a way through an `@initial`."""
        return Counter(self.stepper.first_limits())

    def successors(self, state: Global) -> Expansion:
        """Return every edge of the state, sorted by label, errors of the model included; none of one outside a constraint."""
        constraint = self.judge.outside(state)
        if constraint is not None:
            return Expansion((), (_spot(constraint),))
        edges, limited, stopped = self.stepper.taken(state)
        resets: list[Spot] = []
        return Expansion((*edges, *faults(self.stepper, state, resets)), tuple(limited), tuple(resets), tuple(stopped))

    def stuck(self, state: Global) -> bool:
        """Say whether a message is in flight to a process that is up; under `set` messages stay, and say nothing."""
        return self.system.setting.network != "set" and any(p.target not in state.down for p in state.flight)

    def account(self, state: Global) -> Account:
        """Return all that the model says of a state."""
        judge, expansion = self.judge, self.successors(state)
        judge.noticed.clear()
        leaps = [(e.act.step, e.target) for e in expansion.edges if e.target is not None]
        failing = Counter(e.cost for e in expansion.edges if e.target is None)
        files = {FULL[0]: FULL[0], **{str(s.module.__file__): s.shown for s in self.system.model.sources}}
        return Account(
            edges=Counter(leaps),
            sights={target: _sight(*judge.on_edge(state, target)) for target in {target for _, target in leaps}},
            errors=(failing[0], failing[1]),
            limited=Counter((files[file], line, column) for file, line, column in (*expansion.limited, *expansion.resets)),
            state=_sight(*judge.on_state(state, runs=True)),
            final=_sight(*judge.on_state(state, terminal=True)) if expansion.terminal else None,
            stuck=expansion.terminal and self.stuck(state),
            exercised=judge.exercised(),
        )

    def stopped(self, at: Spot, times: int) -> Stopped:
        """Return what a limit did, as the verdict says it."""
        return Stopped(self.limit_text(at), times, "state" if at in map(_spot, self.system.model.constraints) else "step")

    def limit_text(self, at: Spot) -> str:
        """Return how a `limit` reads in the verdict: as the program says it, else its own line; for `FULL` the capacity."""
        if at == FULL:
            return full_text(self.system.setting)
        constraint = next((c for c in self.system.model.constraints if _spot(c) == at), None)
        if constraint is not None:
            return f"`{constraint.name}`"
        source = next(s for s in self.system.model.sources if s.module.__file__ == at[0])
        for bound in self.program.limits if self.program else ():
            if (bound.where.file, bound.where.line) == (source.shown, at[1]):
                return bound.text
        return source.text.splitlines()[at[1] - 1].strip()


def _spot(constraint: PropertyDeclaration) -> Spot:
    return str(constraint.source.module.__file__), constraint.where.line, constraint.where.column


def _sight(shown: set[str], error: Exception | None) -> Sight:
    return Sight(frozenset(shown), error is not None)
