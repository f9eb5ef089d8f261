"""The model's own functions and methods: each becomes an `ir.Function`, one for each sort of caller and shape of arguments."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.declare import Process
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.calls import Calls
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, is_mutable, shape
from quorate.language.values.types import ProcessId, RecordOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.loading.model import Source
    from quorate.language.lowering.body import Standing

Argument = tuple[str, ir.Expr, ast.expr]  # the parameter's name, its value, and where the value stands


@dataclass(frozen=True, slots=True)
class Called:
    """A function of the model's: where it is defined, and its qualified name."""

    source: Source
    definition: ast.FunctionDef
    name: str


class Helpers(Calls):
    """Adds calls of the model's own functions."""

    def function(self, parameters: Sequence[ir.Local], key: str) -> ir.Function:
        """Return what this body, a function's, means."""
        raise NotImplementedError

    def embedded(self, node: ast.expr) -> set[str]:
        """Return the locals that the value of a node may go on naming."""
        raise NotImplementedError

    def helper(self, node: ast.Call, found: object) -> ir.Expr | None:
        if isinstance(found, FunctionType) and self.names.definition(found):
            return self._invoked(node, found, None)
        return None

    def method(self, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
        shared = self.shared_holder(function.value)
        if shared is not None:
            found = self.names.method(type(self.assembly.model.shared[shared[0]]), function.attr)
            if not isinstance(found, FunctionType):
                return None
            if shared[2]:
                raise self.unsupported(node, "a method is called on what `old` gives", "take a field of it: `old(p).field`")
            return self._invoked(node, found, shared[0])
        if isinstance(function.value, ast.Call) and self.is_builtin(function.value.func, "super"):
            raise self.unsupported(node, "`super()` is not supported", "give the inherited method another name")
        cls = self._class_of(function)
        if cls is None:
            return None
        found = self.names.method(cls, function.attr)
        self._check_overriding(function, found)
        if isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
            return self._invoked(node, found.__func__, None)
        if not isinstance(found, FunctionType) or self.names.definition(found) is None:
            return None
        base = self.value_of(self.expr(function.value), function)
        if self.is_old(base):
            raise self.unsupported(node, "a method is called on what `old` gives", "take a field of it: `old(p).field`")
        return self._invoked(node, found, base)

    def _class_of(self, function: ast.Attribute) -> type | None:
        """Return the class whose method may be meant, or None where the base is a value of no class of the model's."""
        if isinstance(function.value, ast.Name) and function.value.id not in self.flow.names:
            found = self.names.value(self.source, function.value.id)
            if isinstance(found, Process):
                return type(found)
            if isinstance(found, type):
                raise self.refusal(
                    function, f"`{ast.unparse(function)}` is called on a class", "call it on an instance, or write a function"
                )
        if isinstance(function.value, ast.Call) and self.is_builtin(function.value.func, "old"):
            return None
        t = self.value_of(self.expr(function.value), function).type
        if isinstance(t, ProcessId):
            return self.names.classes.get(t.kind)
        return self.assembly.model.records.get(t.name) if isinstance(t, RecordOf) else None

    def _check_overriding(self, function: ast.Attribute, found: object) -> None:
        """A method that a class below defines anew is chosen by the process at run time, for which C has no meaning."""
        t = self.value_of(self.expr(function.value), function).type
        members = t.members if isinstance(t, ProcessId) else ()
        for process in self.assembly.model.processes:
            if process.number in members and self.names.method(type(process), function.attr) is not found:
                what = f"`{type(process).__name__}` has a `{function.attr}` of its own: which is meant shows at run time only"
                raise self.unsupported(function, what, "call it on processes of one kind, or keep the difference in a field")

    def method_call(self, function: FunctionType, holder: ir.Expr | int, node: ast.expr) -> ir.Expr:
        called = ast.copy_location(ast.Call(node, [], []), node)
        return self._invoked(called, function, holder)

    def _invoked(self, node: ast.Call, function: FunctionType, holder: ir.Expr | int | None) -> ir.Expr:
        defined = self.names.definition(function)
        if defined is None:
            raise self.refusal(
                node, f"`{function.__name__}` is not defined in the model's sources", "define it with `def` there"
            )
        source, definition = defined
        called = Called(source, definition, function.__qualname__)
        names = self._parameters(node, definition)
        first = names[:1] if holder is not None else []
        arguments = self._arguments(node, function, definition, names[len(first) :])
        if isinstance(holder, int):
            return self._call(node, called, arguments, {names[0]: holder})
        if holder is not None:
            own = node.func.value if isinstance(node.func, ast.Attribute) else node
            arguments.insert(0, (names[0], holder, own))
        return self._call(node, called, arguments, {})

    def _parameters(self, node: ast.Call, definition: ast.FunctionDef) -> list[str]:
        a = definition.args
        if a.vararg or a.kwarg:
            raise self.unsupported(node, f"`{definition.name}` takes any number of arguments", "give each argument a name")
        return [x.arg for x in [*a.posonlyargs, *a.args, *a.kwonlyargs]]

    def _arguments(
        self, node: ast.Call, function: FunctionType, definition: ast.FunctionDef, names: list[str]
    ) -> list[Argument]:
        if len(node.args) > len(names):
            raise self.refusal(node, f"`{definition.name}` takes {len(names)} arguments, and {len(node.args)} are given")
        given: dict[str, ast.expr] = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg not in names or keyword.arg in given:
                raise self.refusal(keyword.value, f"`{definition.name}` takes no argument `{keyword.arg}` here")
            given[keyword.arg or ""] = keyword.value
        found: list[Argument] = []
        for name in names:
            argument = given.get(name)
            if argument is None:
                found.append((name, self._defaulted(node, function, definition, name), node))
            else:
                found.append((name, self.expr(argument, self._annotated(name, definition, function)), argument))
                self.flow.aliased |= self.embedded(argument)
        return found

    def _annotated(self, name: str, definition: ast.FunctionDef, function: FunctionType) -> Type | None:
        """Return the shape that a parameter's annotation gives, for the displays that are handed over."""
        arguments = [*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs]
        annotation = next((a.annotation for a in arguments if a.arg == name), None)
        defined = self.names.definition(function)
        return None if annotation is None or defined is None else self.names.annotated(annotation, defined[0])

    def _defaulted(self, node: ast.Call, function: FunctionType, definition: ast.FunctionDef, name: str) -> ir.Expr:
        value = _default(function, definition, name)
        if value is ABSENT:
            raise self.refusal(node, f"`{definition.name}` needs its argument `{name}`")
        if isinstance(value, list | set | dict):
            raise self.refusal(
                node, f"the default of `{name}` is one object for all calls: it could change", "give the argument here"
            )
        return self.constant(node, value, name)

    def _call(self, node: ast.Call, called: Called, arguments: list[Argument], shared: dict[str, int]) -> ir.Expr:
        """Return the call of the helper's instance for these arguments, lowered now if it was not in this round."""
        caller = self.standing
        own = frozenset(name for name, value, _ in arguments if isinstance(value, ir.Local) and value.name in caller.own)
        shapes = tuple(shape(value.type) for _, value, _ in arguments)
        whose = (caller.mode, caller.inside, caller.property, own, tuple(shared.items()))
        key = self.inference.instance((id(called.definition), whose, shapes), called.name)
        if key in self.assembly.calling:
            what = f"`{called.definition.name}` calls itself"
            raise self.refusal(node, what, "a step must end: write a loop over a collection")
        slots = [self._parameter(key, name, value, where) for name, value, where in arguments]
        operands = tuple(self.into(value, slot, where) for (_, value, where), slot in zip(arguments, slots, strict=True))
        if key not in self.assembly.functions:
            standing = replace(caller, source=called.source, key=key, own=own, shared=shared)
            named = [(name, slot) for (name, _, _), slot in zip(arguments, slots, strict=True)]
            self._lower(standing, called.definition, named)
        return self._finished(node, key, operands)

    def _parameter(self, key: str, name: str, value: ir.Expr, where: ast.expr) -> Type:
        learned = self.inference.learn(("parameter", key, name), self.seen(value))
        if learned is None:
            raise self.unsupported(where, f"`{name}` gets values of two types", "write two functions")
        return learned

    def _lower(self, standing: Standing, definition: ast.FunctionDef, parameters: list[tuple[str, Type]]) -> None:
        body = type(self)(self.assembly, standing, definition)
        body.ghosts_allowed = True  # the caller answers for it
        self.assembly.calling.append(standing.key)
        locals_ = [body.bind(name, name, t) for name, t in parameters]
        body.flow.aliased = frozenset(name for name, t in parameters if is_mutable(t))
        self.assembly.functions[standing.key] = body.function(locals_, standing.key)
        self.assembly.calling.pop()
        if body.reads_ghosts:
            self.assembly.ghostly.add(standing.key)

    def _finished(self, node: ast.Call, key: str, operands: tuple[ir.Expr, ...]) -> ir.Call:
        function = self.assembly.functions[key]
        if key in self.assembly.ghostly:
            if not self.ghosts_allowed:
                raise self.refusal(
                    node, f"`{function.name}` reads a ghost, and a step may not", "call it in a property, or for another ghost"
                )
            self.reads_ghosts = True
        footprint = self.assembly.footprint(function.body)
        if footprint.writes:
            self.flow.forget_fields()
        return ir.Call(NOTHING if function.result is None else function.result, key, operands)


def _default(function: FunctionType, definition: ast.FunctionDef, name: str) -> object:
    """Return a parameter's default value, or `ABSENT`."""
    positional = [x.arg for x in [*definition.args.posonlyargs, *definition.args.args]]
    defaults = dict(zip(reversed(positional), reversed(function.__defaults__ or ()), strict=False))
    return defaults.get(name, (function.__kwdefaults__ or {}).get(name, ABSENT))
