"""Evaluating the properties of one configuration on states and edges, and noticing which quantifiers were exercised."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from quorate.explorer.reference.present import Present, System
from quorate.language.declare import LIVENESS, entered
from quorate.language.errors import Defect, ModelError
from quorate.language.loading.execution import located
from quorate.language.loading.prelude import listening
from quorate.language.values.values import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.declare import Modality, Process
    from quorate.language.loading.model import Asked, PropertyDeclaration, Source
    from quorate.language.loading.prelude import Spot
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global

VIOLATED_BY_FALSE: frozenset[Modality] = frozenset({"always", "step", "final"})
OF_STATES: frozenset[Modality] = frozenset({"always", "never", "sometimes", "goal"})
STATES = OF_STATES | LIVENESS


@dataclass
class Judge:
    """Evaluates properties. `noticed` are the quantifiers of each property that found an item, `evaluated` the
    properties that were asked of some state or edge, a `@final` one where somebody was up.
    """

    system: System
    sites: dict[str, tuple[Spot, ...]]
    noticed: dict[str, set[Spot]] = field(default_factory=dict)
    evaluated: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, system: System, program: Program | None) -> Judge:
        """Return a judge; the quantifiers are numbered as the program numbers them, else in the order of the source."""
        model = system.model
        files = {s.shown: str(s.module.__file__) for s in model.sources}
        if program:
            listed = {p.name: tuple((files[w.file], w.line, w.column) for w in p.sites) for p in program.properties}
        else:
            listed = {p.name: quantifiers(p, model.sources) for p in model.functions}
        return cls(system, listed)

    def exercised(self) -> dict[str, frozenset[int]]:
        """Return the numbers of the quantifiers of each property that found an item to range over."""
        return {
            name: frozenset(n for n, at in enumerate(sites) if at in self.noticed.get(name, ()))
            for name, sites in self.sites.items()
        }

    @cached_property
    def asked(self) -> tuple[tuple[Asked, ...], ...]:
        """Return what is asked of states, of terminal ones, and of edges."""
        model = self.system.model
        sorts: tuple[frozenset[Modality], ...] = (STATES, frozenset({"final"}), frozenset({"step"}))
        return tuple(tuple(a for p in model.functions if p.modality in sort for a in model.asked(p)) for sort in sorts)

    def on_state(
        self, state: Global, *, terminal: bool | None = None, runs: bool = False
    ) -> tuple[set[str], ModelError | None]:
        """Return the state's violated or witnessed properties; given `terminal`, those that must hold in the end instead.

        An error of the model in a constraint is the state's, too. `runs`: and of properties of whole runs, those whose function
        is true here, by the processes that they are asked of.
        """
        asked = self.asked[0] if terminal is None else self.asked[1] if terminal else ()
        if not terminal or not state.fields or len(state.down) < len(state.fields):
            self.evaluated.update(a.prop.name for a in asked)
        asked = (*asked, *self.constraints) if terminal is None else asked
        decided, error = self._judged(asked, Present(self.system, state, "look"))
        return decided if runs else decided - self.of_runs, error

    @cached_property
    def constraints(self) -> tuple[Asked, ...]:
        """Return the constraints, as what is asked of states."""
        return tuple(a for c in self.system.model.constraints for a in self.system.model.asked(c))

    @cached_property
    def of_runs(self) -> frozenset[str]:
        """Return the names of what is asked of states for properties of whole runs."""
        return frozenset(a.name for a in self.asked[0] if a.prop.modality in LIVENESS | {"goal"})

    def outside(self, state: Global) -> PropertyDeclaration | None:
        """Return the first constraint that the state does not satisfy, one that is an error of the model there included."""
        present = Present(self.system, state, "look")
        for constraint in self.system.model.constraints:
            try:
                if not self.truth(constraint, present):
                    return constraint
            except ModelError:  # which `on_state` tells
                return constraint
        return None

    def on_edge(self, before: Global, after: Global) -> tuple[set[str], ModelError | None]:
        """Return the `@step` properties that the edge violates."""
        asked = self.asked[2]
        self.evaluated.update(a.prop.name for a in asked)
        return self._judged(asked, edge_view(self.system, before, after))

    def _judged(self, asked: Sequence[Asked], present: Present) -> tuple[set[str], ModelError | None]:
        """Return the properties that are decided here: violated, or witnessed; and the first error of the model."""
        decided: set[str] = set()
        first: ModelError | None = None
        for a in asked:
            try:
                truth = self.truth(a.prop, present, a.processes)
            except ModelError as error:
                first = first or error
                continue
            if a.prop.modality != "constraint" and truth is (a.prop.modality not in VIOLATED_BY_FALSE):
                decided.add(a.name)
        return decided, first

    def truth(self, prop: PropertyDeclaration, present: Present, processes: Sequence[Process] = ()) -> bool:
        """Return what the property says in this world. Errors: ModelError for whatever its function raises."""
        try:
            with entered(present), listening(self.noticed.setdefault(prop.name, set()).add):
                found = prop.function(*processes)
        except Defect:
            raise
        except Exception as error:  # noqa: BLE001  (whatever the user's function raises is an error of the model)
            raise located(error, self.system.model.sources) from None
        if not isinstance(found, bool):
            raise ModelError(f"`{prop.name}` gives {shown(found)}, and a property is true or false", prop.where, "compare it")
        return found


def edge_view(system: System, before: Global, after: Global) -> Present:
    """Return the world of a `@step` property: the state after, with the one before behind `old`."""
    return Present(system, after, "look", before=Present(system, before, "look", past=True))


def quantifiers(prop: PropertyDeclaration, sources: Sequence[Source]) -> tuple[Spot, ...]:
    """Return where the quantifiers of a property stand: its own, then those of the functions that it calls, each once."""
    found: list[Spot] = []
    waiting: list[tuple[Source, ast.FunctionDef]] = [(prop.source, prop.node)]
    seen: set[ast.FunctionDef] = set()
    while waiting:
        source, function = waiting.pop(0)
        if function in seen:
            continue
        seen.add(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                if is_quantifier(node):
                    found.append((str(source.module.__file__), node.lineno, node.col_offset + 1))
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                waiting += [(s, f) for s in sources for f in functions(s.tree) if f.name == name]
    return tuple(found)


def is_quantifier(node: ast.Call) -> bool:
    """Say whether a call is `any` or `all` over a comprehension."""
    named = isinstance(node.func, ast.Name) and node.func.id in {"any", "all"}
    return named and len(node.args) == 1 and isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp, ast.SetComp))


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return every function and method of a module."""
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
