"""From a loaded model to the IR: every step, property and helper, in rounds until the types of everything are known.

What is wrong with a model is found in the last round, all of it, and the worst is raised: an error of the model before what
only the native engine cannot do. A body is read by plain functions over a `Body`, in rooms that each build on those before:

  bodies/    whose body it is, its locals, what is known at a point of it, what is inferred; from one type to another
  reading/   names, attributes, operators, displays, comprehensions, methods: what changes nothing
  changing/  where a value is put; assignments, and methods that change a container
  (here)     helpers, calls, the table of expressions; sends, branches, the table of statements

What is inside a node is read through `Body.expr` and `Body.block`, which go by the tables: so no family imports one above it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.language.declare import Process, Shared
from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.names import Names
from quorate.language.lowering.bodies.body import Assembly, Body, Mode, Readers, Standing
from quorate.language.lowering.bodies.inference import Inference, holes
from quorate.language.lowering.expressions import expression
from quorate.language.lowering.helpers import method_call
from quorate.language.lowering.statements import block, function, renamed, whole
from quorate.language.program import ir
from quorate.language.program.traversal import WALKED_ONLY, children, every_expression
from quorate.language.soundness.passes import unsound
from quorate.language.values.lattice import BOOL, in_words, integer, is_sized
from quorate.language.values.types import DictOf, Int, ListOf, Option, ProcessId, RecordOf, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.language.errors import Place
    from quorate.language.loading.model import Model, PropertyDeclaration, StepDeclaration

READERS = Readers(expression, block, function, method_call)
ROUNDS = 400  # more than any model needs: `inference.py` says why they end
NARROWINGS = 8  # each carries a tighter bound one assignment further
BOUND_REMEDY = "write `Annotated[int, Range(low, high)]`"


def lower(model: Model, marks: int = 0) -> ir.Program:
    """Return what the model means; `marks` have been put into it (`marks.py`).

    Errors: ModelError for what no engine may run, Unsupported for what C cannot say.
    """
    assembly, program = _Rounds(model).stable()
    _check(assembly, program)
    return replace(program, marks=marks)


class _Rounds:
    """The rounds over a model: `inference.py` says what they are for, and why they end."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.names = Names(model)
        self.inference = Inference(model)
        self.left = ROUNDS

    def stable(self) -> tuple[Assembly, ir.Program]:
        """Return what a stable round made, after the bounds were narrowed as far as that leads anywhere."""
        found = self._settled()
        for _ in range(NARROWINGS if self.inference.is_loose else 0):
            self.inference.narrow()
            self._round()
            if not self.inference.narrowed():
                break
            found = self._settled()
        return found

    def _settled(self) -> tuple[Assembly, ir.Program]:
        """Return what the first round made that learned nothing. Errors: ModelError where there is none for too long."""
        while self.left > 0:
            found = self._round()
            if not self.inference.changed:
                return found
        raise _unsettled(self.model, self.inference)

    def _round(self) -> tuple[Assembly, ir.Program]:
        self.left -= 1
        self.inference.begin()
        _seed(self.model, self.inference)
        assembly = Assembly(self.model, self.names, self.inference, READERS)
        return assembly, _Round(assembly).program()


def _seed(model: Model, inference: Inference) -> None:
    """Begin with the initial values of the fields whose bounds are to be inferred, and of the records in them."""
    for fields in model.fields.values():
        for f in fields:
            inference.learn(("field", str(f.where), f.name), _bounds_of(f.initial, f.type))
            for record, name, value, t in _record_fields(f.initial, f.type):
                inference.learn(("record", record, name), _bounds_of(value, t))


def _bounds_of(value: object, declared: Type) -> Type:
    """Return the bounds that one frozen value needs, of a declared integer; another type as it is declared."""
    if isinstance(declared, Int):
        return integer(value, value) if isinstance(value, int) else declared
    return declared


def _record_fields(value: object, t: Type) -> Iterator[tuple[str, str, object, Type]]:
    """Yield each field of each record in a frozen value: the record's name, the field's, its value and type."""
    if isinstance(t, RecordOf) and isinstance(value, tuple):
        for (name, declared), part in zip(t.fields, value, strict=True):
            yield t.name, name, part, declared
            yield from _record_fields(part, declared)
    elif isinstance(t, TupleOf) and isinstance(value, tuple):
        for declared, part in zip(t.items, value, strict=True):
            yield from _record_fields(part, declared)
    elif isinstance(t, DictOf) and isinstance(value, tuple):
        for pair in value:
            yield from _record_fields(pair, TupleOf((t.key, t.value)))
    elif isinstance(t, ListOf | SetOf) and isinstance(value, tuple | frozenset):
        for part in value:
            yield from _record_fields(part, t.item)
    elif isinstance(t, Option) and value is not None:
        yield from _record_fields(value, t.item)


def _unsettled(model: Model, inference: Inference) -> ModelError:
    """Return the error of a model whose types are still moving: at a field, if one of them is."""
    moving = {slot for slot in inference.changed if slot[0] == "field"}
    for f in (f for fields in model.fields.values() for f in fields):
        if ("field", str(f.where), f.name) in moving:
            return ModelError(f"the bounds of `{f.name}` do not settle", f.where, BOUND_REMEDY)
    names = ", ".join(sorted({f"`{slot[-1]}`" for slot in inference.changed}))
    return Unsupported(f"the types of {names} do not settle", None, "give the fields that they depend on bounds of their own")


class _Round:
    """One round over all bodies of a model."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.model = assembly.model
        self.inference = assembly.inference

    def program(self) -> ir.Program:
        steps = tuple(s for declared in self.model.steps for s in self._steps(declared))
        properties = tuple(self._property(p) for p in self.model.functions)
        constraints = tuple(self._property(p) for p in self.model.constraints)
        return ir.Program(
            name=self.model.name,
            parameters=tuple(self._parameter(p.name, p.value) for p in self.model.parameters),
            processes=self._holders(self.model.processes),
            shared=self._holders(self.model.shared),
            fields={kind: self._fields(kind) for kind in self.model.fields},
            ids=dict(self.model.ids),
            messages=tuple(m for t in self.model.messages if isinstance(m := self.inference.current(t), RecordOf)),
            steps=steps,
            properties=properties,
            functions=dict(self.assembly.functions),
            limits=tuple(self.assembly.limits.values()),
            ordered=frozenset(self.assembly.ordered),
            constraints=constraints,
        )

    def _parameter(self, name: str, value: object) -> ir.Parameter:
        if isinstance(value, bool):
            return ir.Parameter(BOOL, name, value)
        if isinstance(value, int):
            return ir.Parameter(Int(Size(value, name), Size(value, name)), name, value)
        return ir.Parameter(self._named_type(value), name, _frozen(value))

    def _named_type(self, value: object) -> Type:
        return self.model.types.get(type(value).__name__, integer(None, None))

    def _holders(self, holders: Sequence[Process] | Sequence[Shared]) -> tuple[ir.Holder, ...]:
        found: list[ir.Holder] = []
        for holder in holders:
            group = self.assembly.names.group_of(holder) if isinstance(holder, Process) else None
            index = holder.index if isinstance(holder, Process) else 0
            found.append(
                ir.Holder(type(holder).__name__, holder.number, repr(holder), None if group is None else group.name, index)
            )
        return tuple(found)

    def _fields(self, kind: str) -> tuple[ir.StateField, ...]:
        return tuple(
            ir.StateField(f.name, self.inference.declared(("field", str(f.where), f.name), f.type), f.storage, f.initial)
            for f in self.model.fields[kind]
        )

    # -- bodies

    def _steps(self, declared: StepDeclaration) -> list[ir.Step]:
        if declared.kind is not None and issubclass(declared.kind, Shared):
            return [self._shared_initial(declared, s) for s in self.model.shared if type(s) is declared.kind]
        return [self._step(declared)]

    def _shared_initial(self, declared: StepDeclaration, holder: Shared) -> ir.Step:
        """A shared state's `@initial` has no process: its `self` is the state's number."""
        name = declared.node.args.args[0].arg
        standing = Standing(
            declared.source, f"@{declared.name}", "initial", type(holder).__name__, shared={name: holder.number}
        )
        body = Body(self.assembly, standing, declared.node)
        return ir.Step(declared.name, declared.role, type(holder).__name__, (), whole(body, declared.node), declared.where)

    def _step(self, declared: StepDeclaration) -> ir.Step:
        names = [a.arg for a in [*declared.node.args.posonlyargs, *declared.node.args.args]]
        kind = None if declared.kind is None else declared.kind.__name__
        mode: Mode = "initial" if declared.role == "initial" and kind else "step"
        own = frozenset(names[:1]) if kind is not None else frozenset[str]()
        standing = Standing(declared.source, f"@{declared.name}", mode, kind, own)
        body = Body(self.assembly, standing, declared.node)
        types = self._parameter_types(declared)
        while len(names) < len(types):
            names.append("sender" if "sender" not in names else "sender_")
        locals_ = [body.bind(n, n, t) for n, t in zip(names, types, strict=True)]
        parameters, prologue = renamed(body, locals_)
        statements = (*prologue, *whole(body, declared.node))
        return ir.Step(declared.name, declared.role, kind, parameters, statements, declared.where)

    def _parameter_types(self, declared: StepDeclaration) -> list[Type]:
        types: list[Type] = []
        if declared.kind is not None:
            types.append(self._self_type(declared.kind))
        if declared.message is not None:
            types.append(self.inference.current(declared.message))
            types.append(self.model.ids["Process" if declared.sender is None else declared.sender.__name__])
        return types + [self.inference.current(t) for _, t in declared.arguments]

    def _self_type(self, kind: type) -> ProcessId:
        """Return the ids of exactly this kind: a kind below it has steps of its own."""
        members = tuple(p.number for p in self.model.processes if type(p) is kind)
        return ProcessId(kind.__name__, members)

    def _property(self, declared: PropertyDeclaration) -> ir.Property:
        sites: list[Place] = []
        standing = Standing(declared.source, f"@{declared.name}", "property", property=declared.name, sites=sites)
        body = Body(self.assembly, standing, declared.node)
        parameters, prologue = renamed(body, [body.bind(n, n, t) for n, t in declared.arguments])
        statements = (*prologue, *whole(body, declared.node))
        if declared.modality == "constraint":
            self.assembly.limit(declared.where, f"`{declared.name}`")
        if body.flow.reachable:
            remedy = "end it with `return ...` on every way"
            self.assembly.problems.append(ModelError(f"`{declared.name}` may end without an answer", declared.where, remedy))
        return ir.Property(declared.name, declared.modality, statements, tuple(sites), declared.where, parameters)


def _frozen(value: object) -> object:
    index = getattr(type(value), "__members__", None)
    return list(index).index(getattr(value, "name", "")) if index else value


# -- what is wrong with it


def _check(assembly: Assembly, program: ir.Program) -> None:
    """Raise the worst problem of the last round: of the model first, then of the native engine; in the order of the source."""
    problems = [*assembly.problems, *unsound(program), *_unbounded(assembly.model, assembly.inference)]
    fatal = [p for p in problems if not isinstance(p, Unsupported)]
    if fatal or problems:
        raise (fatal or problems)[0]
    for step in program.steps:
        _check_sizes(step.body, step.where)
    for prop in program.conditions:
        _check_sizes(prop.body, prop.where)
    for helper in program.functions.values():
        _check_sizes(helper.body, None)


def _unbounded(model: Model, inference: Inference) -> list[ModelError]:
    found: list[ModelError] = []
    for fields in model.fields.values():
        for f in fields:
            if holes(inference.declared(("field", str(f.where), f.name), f.type)):
                found.append(ModelError(f"`{f.name}` has no bound that can be inferred", f.where, BOUND_REMEDY))
    return found


def _check_sizes(body: tuple[ir.Stmt, ...], where: Place | None) -> None:
    """Refuse what C would have to store without knowing how large it is."""
    for expr in every_expression(body):
        if _is_unsized(expr):
            inmost, at = expr, getattr(expr, "where", None)
            while (inner := next(filter(_is_unsized, children(inmost)), None)) is not None:
                inmost, at = inner, getattr(inner, "where", None) or at
            what = f"how large this `{in_words(inmost.type)}` may grow is not known"
            raise Unsupported(what, at or where, "give its numbers bounds: `Annotated[int, Range(low, high)]`")


def _is_unsized(expr: ir.Expr) -> bool:
    walked = isinstance(expr, ir.Apply) and expr.operator in WALKED_ONLY
    return not walked and not is_sized(expr.type)
