"""What a name in a model's source stands for: a parameter, a group, a process, a constant, a class, a function."""

from __future__ import annotations

import ast
import inspect
from functools import cached_property
from typing import TYPE_CHECKING

from quorate.language.declare import Message, Process
from quorate.language.errors import ModelError
from quorate.language.loading.resolve import Resolver
from quorate.language.values.lattice import high, low, shape
from quorate.language.values.types import Bool, Enumeration, Int, Option, ProcessId, TupleOf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FunctionType

    from quorate.language.declare import Group
    from quorate.language.loading.model import Model, ParameterDeclaration, Source, StepDeclaration
    from quorate.language.values.types import Type

ABSENT = object()  # no such name


def is_bounded(t: Type) -> bool:
    """Say whether a type is of plain values, and says how large each number in it may be."""
    match t:
        case Int():
            return low(t) is not None and high(t) is not None
        case Option(item):
            return is_bounded(item)
        case TupleOf(items):
            return all(map(is_bounded, items))
        case _:
            return isinstance(t, Bool | Enumeration | ProcessId)


def first_line(function: ast.FunctionDef) -> int:
    """Return the line on which a function begins, decorators included."""
    return min([function.lineno, *(d.lineno for d in function.decorator_list)])


def names_bound(part: ast.AST) -> list[str]:
    """Return the names that one node of a loop's target or of a pattern binds."""
    found = (getattr(part, "id", None), getattr(part, "name", None), getattr(part, "rest", None))
    return [name for name in found if isinstance(name, str)]


class Names:
    """The names of all sources of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._parameters = {p.name: p for p in model.parameters}
        self._groups = {id(g): g for g in model.groups}
        self._bounded_locals: dict[ast.FunctionDef, Mapping[str, Type]] = {}

    def value(self, source: Source, name: str) -> object:
        """Return what a module binds to the name, or `ABSENT`; built-in names are not among them."""
        return vars(source.module).get(name, ABSENT)

    def parameter(self, source: Source, name: str) -> ParameterDeclaration | None:
        """Return the parameter that a name of this module stands for."""
        found = self._parameters.get(name)
        same = found is not None and self.value(source, name) is found.value
        return found if same else None

    def known(self, source: Source) -> list[str]:
        """Return the names of a module, for suggestions."""
        return [n for n in vars(source.module) if not n.startswith("__")]

    def group_size(self, group: Group[Process]) -> ParameterDeclaration | None:
        """Return the parameter that a group's size is, where its declaration says so."""
        return self._sizes.get(group.name)

    def group_of(self, process: Process) -> Group[Process] | None:
        """Return the group that a process is a member of."""
        return next((g for g in self.model.groups if any(m is process for m in g.members)), None)

    def definition(self, function: FunctionType) -> tuple[Source, ast.FunctionDef] | None:
        """Return where the model's sources define a function."""
        for source in self.model.sources:
            if vars(source.module) is function.__globals__:
                node = self._functions.get((source.shown, function.__name__, function.__code__.co_firstlineno))
                return None if node is None else (source, node)
        return None

    def method(self, cls: type, name: str) -> object:
        """Return what a class has under a name, found as Python finds it, but not called."""
        return inspect.getattr_static(cls, name, ABSENT)

    @cached_property
    def classes(self) -> dict[str, type]:
        """The model's classes of processes and shared state, and their ancestors, by name."""
        holders = [*self.model.processes, *self.model.shared]
        return {c.__name__: c for h in holders for c in type(h).__mro__}

    @cached_property
    def message_classes(self) -> frozenset[str]:
        """The names of the model's messages."""
        return frozenset(n for n, c in self.model.records.items() if issubclass(c, Message))

    def handlers(self, message: str, target: ProcessId) -> list[StepDeclaration]:
        """Return the steps in which some process of a type receives a message."""
        kinds = {type(p) for p in self.model.processes if p.number in target.members}
        return [s for s in self.model.steps if s.message is not None and s.message.name == message and s.kind in kinds]

    def annotated(self, annotation: ast.expr, source: Source) -> Type | None:
        """Return the shape that an annotation inside a body gives, or None where it has none in the language."""
        try:
            return shape(self._resolver.type_of(annotation, source))
        except ModelError:
            return None

    def bounded_locals(self, function: ast.FunctionDef, source: Source) -> Mapping[str, Type]:
        """Return the types of the locals that a function annotates with bounds, where no loop or pattern binds them, too.

        Of plain values alone: a container may change where nothing is assigned. Found out once: lowering asks in every round.
        """
        if function not in self._bounded_locals:
            self._bounded_locals[function] = self._locals_of(function, source)
        return self._bounded_locals[function]

    def _locals_of(self, function: ast.FunctionDef, source: Source) -> dict[str, Type]:
        noted: dict[str, Type | None] = {}
        for inner in ast.walk(function):
            if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
                noted[inner.target.id] = self._bounded(inner.annotation, source)
            elif isinstance(inner, ast.For | ast.match_case):
                bound = inner.target if isinstance(inner, ast.For) else inner.pattern
                noted |= {name: None for part in ast.walk(bound) for name in names_bound(part)}
        return {name: t for name, t in noted.items() if t is not None}

    def all_bounded_locals(self) -> dict[tuple[str, int, str], Type]:
        """Return those of all functions, by the file and the first line of the function and by name."""
        return {
            (str(source.module.__file__), first_line(node), name): t
            for source in self.model.sources
            for node in ast.walk(source.tree)
            if isinstance(node, ast.FunctionDef)
            for name, t in self.bounded_locals(node, source).items()
        }

    def _bounded(self, annotation: ast.expr, source: Source) -> Type | None:
        try:
            t = self._resolver.type_of(annotation, source)
        except ModelError:
            return None
        return t if is_bounded(t) else None

    @cached_property
    def _resolver(self) -> Resolver:
        processes = {c: self.model.ids[n] for n, c in self.classes.items() if n in self.model.ids and issubclass(c, Process)}
        return Resolver(self.model.sources, processes)

    @cached_property
    def _functions(self) -> dict[tuple[str, str, int], ast.FunctionDef]:
        return {
            (source.shown, node.name, first_line(node)): node
            for source in self.model.sources
            for node in ast.walk(source.tree)
            if isinstance(node, ast.FunctionDef)
        }

    @cached_property
    def _sizes(self) -> dict[str, ParameterDeclaration]:
        sizes: dict[str, ParameterDeclaration] = {}
        for source in self.model.sources:
            for node in source.tree.body:
                match node:
                    case (
                        ast.Assign(targets=[ast.Name(name)], value=ast.Call(args=[_, ast.Name(size)]))
                        | ast.AnnAssign(target=ast.Name(name), value=ast.Call(args=[_, ast.Name(size)]))
                    ):
                        parameter = self.parameter(source, size)
                        if parameter is not None:
                            sizes[name] = parameter
                    case _:
                        pass
        return sizes
