"""From what a model declared while it was executed to the pieces of a `Model`: fields, steps, properties, each with its place.

Declarations that mean nothing are refused here; what a step's body may say is `lower.py`'s matter.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from quorate.language.declare import LIVENESS, Field, LeadsTo, Mark, Message, Process, Progress, Shared, State
from quorate.language.errors import ModelError, did_you_mean
from quorate.language.loading.branches import class_node, executed
from quorate.language.loading.execution import Note, place_at, place_of
from quorate.language.loading.model import FieldDeclaration, PropertyDeclaration, StepDeclaration
from quorate.language.loading.unread import check_steps, members_of
from quorate.language.values.types import DictOf, ListOf, Option, ProcessId, RecordOf, SetOf, TupleOf, Type, are_many
from quorate.language.values.values import Misfit, freeze

MOST_VALUES = 1 << 20  # of an action's arguments together: it is tried with each of them

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from types import CodeType

    from quorate.language.declare import Modality, Role
    from quorate.language.loading.model import Source
    from quorate.language.loading.resolve import Resolver

    Asking = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Declarations:
    """Reads the declarations of one execution."""

    sources: Sequence[Source]
    notes: Sequence[Note]
    resolver: Resolver

    # -- fields -------------------------------------------------------------------------------------------------------

    def fields_of(self, kind: type[State]) -> tuple[FieldDeclaration, ...]:
        """Return the fields of a kind, inherited ones first. Errors: ModelError for one that is not seen as it is read."""
        found: dict[str, FieldDeclaration] = {}
        for base in reversed(kind.__mro__):
            source = next((s for s in self.sources if s.module.__name__ == base.__module__), None)
            if source is not None:
                found |= self._fields_in(base, source)
        for name, f in found.items():
            if not isinstance(inspect.getattr_static(kind, name), Field):
                remedy = f"give what `{kind.__name__}` has under this name another one"
                raise ModelError(f"the field `{name}` is hidden in `{kind.__name__}` by something else", f.where, remedy)
        return tuple(found.values())

    def _fields_in(self, cls: type, source: Source) -> dict[str, FieldDeclaration]:
        """Return the fields that the body of a class declares; of several declarations of one the last that was executed."""
        node = class_node(cls, source)
        annotated: dict[str, ast.AnnAssign] = {}
        for statement in executed(node, source):
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name)):
                    annotated[name] = statement
                case ast.Assign(targets=[ast.Name(id=name)]) if isinstance(vars(cls).get(name), Field):
                    remedy = f"write `{name}: T = {ast.unparse(statement.value)}` with its type"
                    raise ModelError(f"the field `{name}` has no type", place_of(source, statement), remedy)
                case _:
                    pass
        for name, value in vars(cls).items():
            if isinstance(value, Field) and (name not in annotated or value.name != name):
                remedy = f"write `{name}: T = durable(...)`, a call for each field"
                raise ModelError(f"the field `{name}` has no declaration of its own", place_of(source, node), remedy)
        return {name: self._field(cls, name, s.annotation, s, source) for name, s in annotated.items()}

    def _field(self, cls: type, name: str, annotation: ast.expr, statement: ast.AnnAssign, source: Source) -> FieldDeclaration:
        declared, where = vars(cls).get(name), place_of(source, statement)
        if not isinstance(declared, Field):
            example = f"{name}: {ast.unparse(annotation)}"
            remedy = f"write `{example} = durable(...)`" + (" or `volatile(...)`" if issubclass(cls, Process) else "")
            raise ModelError(f"the field `{name}` does not say its initial value and what a crash does to it", where, remedy)
        if declared.storage == "volatile" and issubclass(cls, Shared):
            raise ModelError("shared state never fails", where, "write `durable(...)` or `ghost(...)`")
        t = self.resolver.type_of(annotation, source)
        bounded(t, name, annotation, source)
        try:
            initial = freeze(t, declared.initial, name)
        except Misfit as misfit:
            problem = f"the initial value of {misfit.what}", "give it a value of its type"
            if isinstance(declared.initial, type | dataclasses.Field):
                what = f"`{name}` begins with a value, and this is " + (
                    "a class" if isinstance(declared.initial, type) else "a factory"
                )
                problem = what, "write the value itself, as `volatile([])`: each process has its own"
            raise ModelError(problem[0], where, problem[1]) from None
        return FieldDeclaration(name, t, declared.storage, initial, where)

    # -- steps --------------------------------------------------------------------------------------------------------

    def steps(self, kinds: Collection[type[State]]) -> tuple[StepDeclaration, ...]:
        """Return the steps in the order of their declaration; an inherited one once for each kind that has it."""
        order = {id(n.declared): i for i, n in enumerate(self.notes) if n.sort == "step"}
        check_steps(kinds, self.sources, self.notes)
        functions: list[tuple[int, type[State] | None, Callable[..., object]]] = []
        for kind in kinds:
            members = cast("Iterable[Callable[..., object]]", members_of(kind).values())
            functions += [(order[id(f)], kind, f) for f in members if id(f) in order]
        module_level = [n.declared for n in self.notes if n.sort == "step" and "." not in _qualname(n.declared)]
        functions += [(order[id(f)], None, cast("Callable[..., object]", f)) for f in module_level]
        found = [self._step(kind, function) for _, kind, function in sorted(functions, key=lambda f: f[0])]
        self._check_handlers(found)
        return tuple(found)

    def _step(self, kind: type[State] | None, function: Callable[..., object]) -> StepDeclaration:
        source, node = self.definition(function)
        role: Role = getattr(function, Mark.ATTRIBUTE).role
        where, name = place_of(source, node), function.__name__
        self._check_home(role, kind, node, source)
        parameters = self._parameters(node, source)
        arguments: tuple[tuple[str, Type], ...] = ()
        message, sender = None, None
        if kind is not None:
            _check_self(parameters, node, source)
            parameters = parameters[1:]
        if role == "action":
            arguments = tuple((a.arg, self._argument(a, source)) for a in parameters)
            if are_many(tuple(t for _, t in arguments), MOST_VALUES):
                what = f"the arguments of `{name}` have more than {MOST_VALUES:,} values together, and it happens for each"
                raise ModelError(what, place_of(source, parameters[0]), "give them narrower bounds, or `choose` among a few")
        elif role == "receive":
            message, sender = self._received(parameters, node, source)
        elif parameters:
            what = "`@initial` takes `self` alone" if kind else "a module-level `@initial` takes no arguments"
            raise ModelError(what, place_of(source, parameters[0]), "use `choose(...)` in its body")
        return StepDeclaration(
            name=f"{kind.__name__}.{name}" if kind else name,
            role=role,
            kind=kind,
            function=function,
            source=source,
            node=node,
            arguments=arguments,
            message=message,
            sender=sender,
            asks_sender=len(parameters) == 2 and role == "receive",
            where=where,
        )

    def _check_home(self, role: Role, kind: type[State] | None, node: ast.FunctionDef, source: Source) -> None:
        where = place_of(source, node)
        if kind is None and role == "receive":
            remedy = "make it a method of a process: `def handler(self, m: Kind)`"
            raise ModelError(f"`@{role}` marks a method, and `{node.name}` is a function", where, remedy)
        if kind is not None and issubclass(kind, Shared) and role != "initial":
            remedy = "write a module-level `@action`: it may change shared state"
            raise ModelError("shared state takes no steps of its own", where, remedy)

    def _parameters(self, node: ast.FunctionDef, source: Source) -> list[ast.arg]:
        a = node.args
        odd = [*a.kwonlyargs, *(x for x in (a.vararg, a.kwarg) if x)]
        if odd or a.defaults:
            at = odd[0] if odd else a.defaults[0]
            remedy = "name each argument, with its type and without a default"
            raise ModelError("a step's arguments are plain ones", place_of(source, at), remedy)
        return [*a.posonlyargs, *a.args]

    def _argument(self, argument: ast.arg, source: Source) -> Type:
        if argument.annotation is None:
            remedy = "annotate it: an action happens for every value of that type"
            raise ModelError(f"the argument `{argument.arg}` has no type", place_of(source, argument), remedy)
        t = self.resolver.type_of(argument.annotation, source)
        if t.cardinality is None:
            remedy = "give it bounds, such as `Annotated[int, Range(0, 3)]`: an action happens for every value"
            where = place_of(source, argument.annotation)
            raise ModelError(f"the argument `{argument.arg}` has infinitely many values", where, remedy)
        return t

    def _received(
        self, parameters: list[ast.arg], node: ast.FunctionDef, source: Source
    ) -> tuple[RecordOf, type[Process] | None]:
        if not 1 <= len(parameters) <= 2:
            remedy = "write `def handler(self, m: Kind)` or `def handler(self, m: Kind, sender: Server)`"
            raise ModelError("a handler takes a message, and the sender if it asks", place_of(source, node), remedy)
        message = self._class(parameters[0], source)
        if not (isinstance(message, type) and issubclass(message, Message) and message is not Message):
            remedy = "annotate it with one class of messages"
            raise ModelError("a handler's first argument is a message", place_of(source, parameters[0]), remedy)
        sender = self._class(parameters[1], source) if len(parameters) == 2 else None
        if sender is not None and not (isinstance(sender, type) and issubclass(sender, Process)):
            remedy = "annotate it with the process class that sends this message, or `Process`"
            raise ModelError("a handler's second argument is the sender", place_of(source, parameters[1]), remedy)
        return self.resolver.record(message, node, source), sender

    def _class(self, argument: ast.arg, source: Source) -> object:
        annotation = argument.annotation
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.copy_location(ast.parse(annotation.value, mode="eval").body, annotation)
        return None if annotation is None else self.resolver.value_of(annotation, source)

    def _check_handlers(self, steps: Iterable[StepDeclaration]) -> None:
        first: dict[tuple[object, str], StepDeclaration] = {}
        for step in steps:
            if step.message is not None:
                other = first.setdefault((step.kind, step.message.name), step)
                if other is not step:
                    what = f"`{step.message.name}` has a second handler; the first is `{other.name}` at {other.where}"
                    raise ModelError(what, step.where, "put both into one handler, with an `if`")

    # -- properties ---------------------------------------------------------------------------------------------------

    def properties(self) -> tuple[PropertyDeclaration, ...]:
        """Return the properties and constraints in the order of their declaration."""
        self._check_goals()
        found: dict[str, PropertyDeclaration] = {}
        for note in self.notes:
            if note.sort == "property":
                made = note.declared
                declared = self._progress(made, note) if isinstance(made, Progress) else self._property(cast("Asking", made))
                if declared.name in found:
                    remedy = "give one of them another name"
                    raise ModelError(f"there are two properties `{declared.name}`", declared.where, remedy)
                found[declared.name] = declared
        return tuple(found.values())

    def _check_goals(self) -> None:
        """Errors: ModelError for `@leads_to` without a goal: it takes the function that it marks for one."""
        for source in self.sources:
            for name, value in vars(source.module).items():
                if isinstance(value, LeadsTo):
                    node = next((n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef) and n.name == name), None)
                    where = place_of(source, node) if node else place_at(source, 1, 1)
                    raise ModelError(f"`{name}` leads to nothing", where, "write `@leads_to(goal)`, and a function `goal`")

    def _property(self, function: Asking) -> PropertyDeclaration:
        source, node = self.definition(function)
        mark: Mark = getattr(function, Mark.ATTRIBUTE)
        modality = cast("Modality", mark.role)
        if "." in _qualname(function) or (modality not in LIVENESS and ast.unparse(node.args)):
            remedy = f"write `def {node.name}() -> bool` at the top level: it sees every process through its group"
            raise ModelError(f"{_sort(modality)} is a function without arguments", place_of(source, node), remedy)
        declared = self._asking(node.name, modality, function, node.name)
        if mark.goal is None:
            return declared
        goal = self._asking(f"{node.name}: {mark.goal.__name__}", "goal", mark.goal, node.name)
        if [t for _, t in goal.arguments] != [t for _, t in declared.arguments]:
            what = f"`{node.name}` and `{goal.node.name}`, which it leads to, are not asked of the same processes"
            raise ModelError(what, declared.where, "give both the same arguments, in the same order")
        return replace(declared, goal=goal)

    def _asking(self, name: str, modality: Modality, function: Asking, of: str) -> PropertyDeclaration:
        """Return what a function asks of states, as a property or as the goal of one."""
        source, node = self.definition(function, of)
        if node.returns is not None and ast.unparse(node.returns).strip("'") != "bool":
            what = f"{_sort(modality)} is true or false, and this one returns `{ast.unparse(node.returns)}`"
            raise ModelError(what, place_of(source, node.returns), f"write `def {node.name}() -> bool`, and a condition")
        lines = (ast.get_docstring(node) or "").strip().splitlines()
        statement = lines[0] if lines else node.name.replace("_", " ")
        arguments = tuple((a.arg, self._process(a, source)) for a in self._parameters(node, source))
        name = source.prefix + name
        return PropertyDeclaration(name, modality, statement, function, source, node, place_of(source, node), arguments)

    def _process(self, argument: ast.arg, source: Source) -> ProcessId:
        t = None if argument.annotation is None else self.resolver.type_of(argument.annotation, source)
        if not isinstance(t, ProcessId):
            remedy = f"write `{argument.arg}: Kind`, a class of processes: the property is asked for each of them"
            raise ModelError("an argument of a property is a process", place_of(source, argument), remedy)
        return t

    def _progress(self, made: Progress, note: Note) -> PropertyDeclaration:
        """Return the property that a `progress(...)` is, under the name that it is bound to; no state is its goal."""
        names = [(name, s) for s in (note.source, *self.sources) for name, value in vars(s.module).items() if value is made]
        where = place_at(note.source, note.line, 1)
        if not names:
            raise ModelError("a property has no name", where, "bind it at the top level: `goes_on = progress(...)`")
        made.__name__, source = names[0]
        text = f"def {made.__name__}() -> bool:\n    return False\n"
        node = ast.increment_lineno(cast("ast.FunctionDef", ast.parse(text).body[0]), note.line - 1)
        said = made.__name__.replace("_", " ")
        return PropertyDeclaration(made.__name__, "progress", said, made, source, node, where, steps=made.steps)

    def definition(self, function: Callable[..., object], of: str = "") -> tuple[Source, ast.FunctionDef]:
        """Return where a function of the model is defined. Errors: ModelError for one that is not a plain function.

        `of` names the property that a goal belongs to.
        """
        code: CodeType | None = getattr(function, "__code__", None)
        for source in self.sources if code else ():
            if code and source.module.__file__ == code.co_filename:
                for node in ast.walk(source.tree):
                    if isinstance(node, ast.FunctionDef) and _is_of(node, code):
                        return source, node
        note = next(n for n in self.notes if n.declared is function or (of and getattr(n.declared, "__name__", "") == of))
        where = place_at(note.source, note.line, 1)
        raise ModelError("a step or property is a function of the model's own source", where, "write it with `def`")


def check_progress(properties: Sequence[PropertyDeclaration], steps: Sequence[StepDeclaration]) -> None:
    """Errors: ModelError where `progress(...)` names a step that is not there."""
    known = [name for s in steps if s.role != "initial" for name in (s.name, s.function.__qualname__)]
    for prop in properties:
        for name in prop.steps:
            if name not in known:
                what = f"`{prop.name}`: there is no step `{name}`{did_you_mean(name, known)}"
                raise ModelError(what, prop.where, "name a step: `progress(Server.commit)`")


def bounded(t: Type, name: str, annotation: ast.expr, source: Source) -> None:
    """Errors: ModelError where a list in a field or message has no bound (an `int` may: it can be inferred)."""
    match t:
        case ListOf(item, longest):
            if longest is None:
                remedy = f"write `Annotated[{ast.unparse(annotation)}, Max(n)]`"
                raise ModelError(f"`{name}` holds a list without a bound", place_of(source, annotation), remedy)
            bounded(item, name, annotation, source)
        case Option(item) | SetOf(item):
            bounded(item, name, annotation, source)
        case DictOf(key, value):
            bounded(key, name, annotation, source)
            bounded(value, name, annotation, source)
        case TupleOf(items):
            for item in items:
                bounded(item, name, annotation, source)
        case _:
            pass


def _check_self(parameters: list[ast.arg], node: ast.FunctionDef, source: Source) -> None:
    """Errors: ModelError where a method has no `self`, or looks as if it had been forgotten."""
    if not parameters or parameters[0].annotation is not None:
        where = place_of(source, parameters[0] if parameters else node)
        raise ModelError(f"`{node.name}` is a method without `self`", where, f"write `def {node.name}(self, ...)`")


def _is_of(node: ast.FunctionDef, code: CodeType) -> bool:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return node.name == code.co_name and first == code.co_firstlineno


def _qualname(function: object) -> str:
    return str(getattr(function, "__qualname__", ""))


def _sort(modality: Modality) -> str:
    return "a constraint" if modality == "constraint" else "a property"
