"""One body being lowered: whose it is, what it may do, its locals, and how its problems are reported.

Families of constructs are modules of functions over a body. What all bodies of a model share is an `Assembly`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from quorate.language.errors import ModelError, Unsupported, did_you_mean
from quorate.language.imports import import_of
from quorate.language.loading.execution import place_of
from quorate.language.lowering.bodies.narrowing import Flow
from quorate.language.program import ir
from quorate.language.program.effects import Observer
from quorate.language.program.footprint import Footprint, footprint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import FunctionType

    from quorate.language.errors import Place
    from quorate.language.loading.model import Model, Source
    from quorate.language.loading.names import Names
    from quorate.language.lowering.bodies.inference import Inference
    from quorate.language.values.lattice import Lattice
    from quorate.language.values.types import Type

Located = ast.expr | ast.stmt | ast.arg | ast.pattern  # what stands at a place of the source
Mode = Literal["step", "initial", "property"]
Node = TypeVar("Node", bound="ir.Expr | ir.Stmt")


@dataclass(frozen=True, slots=True)
class Readers:
    """What each family of constructs comes back to for what is inside its own nodes: the two tables, and the model's functions.

    `lower.py` puts them together, so that no family has to import one above it.
    """

    expression: Callable[[Body, ast.expr, Type | None], ir.Expr]
    block: Callable[[Body, Sequence[ast.stmt]], tuple[ir.Stmt, ...]]
    function: Callable[[Body, Sequence[ir.Local], str], ir.Function]  # a helper's own body
    method_call: Callable[[Body, FunctionType, ir.Expr | int, ast.expr], ir.Expr]  # a `@property` of the model's own


@dataclass(slots=True)
class Assembly:
    """What the bodies of one model add up to, in one round of inference."""

    model: Model
    names: Names
    inference: Inference
    readers: Readers
    functions: dict[str, ir.Function] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)  # helpers that return what has no C meaning
    writers: dict[str, frozenset[str]] = field(default_factory=dict)  # the names of the fields that each helper writes
    calling: list[str] = field(default_factory=list)  # helpers being lowered, outermost first
    limits: dict[Place, ir.Bound] = field(default_factory=dict)
    ordered: set[str] = field(default_factory=set)
    problems: list[ModelError] = field(default_factory=list)
    observer: Observer = field(init=False)  # what the expressions of this round may do

    def __post_init__(self) -> None:
        self.observer = Observer(self.functions)

    def limit(self, where: Place, text: str) -> int:
        """Return the number of the limit that stands there."""
        self.limits.setdefault(where, ir.Bound(text, where))
        return list(self.limits).index(where)

    def footprint(self, body: tuple[ir.Stmt, ...]) -> Footprint:
        return footprint_of(body, self.functions)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose body it is and what it may see.

    inside    the kind whose own step it is: other processes' fields are closed to it; None where it sees all
    own       locals that stand for that process itself, or for shared state (by its number)
    shared    the kinds of the shared state among `own`
    sites     places of the property's quantifiers so far, where it is (called from) a property
    """

    source: Source
    key: str
    mode: Mode
    inside: str | None = None
    own: frozenset[str] = frozenset()
    shared: Mapping[str, int] = field(default_factory=dict)
    property: str = ""
    sites: list[Place] | None = None


@dataclass(slots=True, eq=False)
class Body:
    """Locals, facts and refusals of one body."""

    assembly: Assembly
    standing: Standing
    node: ast.FunctionDef | None
    inference: Inference = field(init=False)
    lattice: Lattice = field(init=False)
    names: Names = field(init=False)
    source: Source = field(init=False)
    flow: Flow = field(init=False)
    variables: set[str] = field(default_factory=set)  # names that this function assigns: they never stand for the module's
    types: dict[str, Type] = field(default_factory=dict)
    out: list[ir.Stmt] = field(default_factory=list)  # the block being written
    times: list[int | None] = field(default_factory=list)  # how often each loop around runs at most
    leaving: list[tuple[list[Flow], list[Flow]]] = field(default_factory=list)  # where each loop around breaks, and continues
    growth: dict[str, dict[int, int | None]] = field(default_factory=dict)  # how much each place appends to a list at most
    bounded: Mapping[str, Type] = field(init=False)  # locals that say what they may be
    inner: set[str] = field(default_factory=set)  # functions and classes defined inside the body: their definition is refused
    _unnamed: int = 0
    _taken: set[str] = field(default_factory=set)
    _versions: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inference, self.names = self.assembly.inference, self.assembly.names
        self.lattice, self.source = self.inference.lattice, self.standing.source
        self.flow = Flow(self.assembly.writers)
        self.bounded = {} if self.node is None else self.names.bounded_locals(self.node, self.source)
        if self.node is not None:
            self.reserve(assigned_names(self.node))
            self.variables |= walked_names(self.node)
            self.inner = inner_names(self.node)

    # -- what is inside

    def expr(self, node: ast.expr, expected: Type | None = None) -> ir.Expr:
        """Return what an expression means. `expected` is the type of its use: displays and None take theirs from it."""
        return self.assembly.readers.expression(self, node, expected)

    def block(self, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
        """Return the statements of a block; what cannot be reached is left out."""
        return self.assembly.readers.block(self, nodes)

    # -- refusals

    def place(self, node: Located) -> Place:
        return place_of(self.source, node)

    def placed(self, made: Node, node: Located) -> Node:
        """Return what was made of a node, with its place if it has none: what is inside keeps its own."""
        if isinstance(made, ir.Placed) and made.where is None:
            return cast("Node", replace(made, where=self.place(node)))
        return made

    def refusal(self, node: Located, what: str, remedy: str | None = None) -> ModelError:
        """Return the error of what both engines refuse."""
        return ModelError(what, self.place(node), remedy)

    def unsupported(self, node: Located, what: str, remedy: str | None = None) -> Unsupported:
        """Return the error of what only the native engine refuses: sound Python that has no C meaning."""
        return Unsupported(what, self.place(node), remedy)

    def unknown(self, name: str, node: Located, known: list[str]) -> ModelError:
        """Return the error of a name that nothing has: a field's without its owner, or one that is not imported."""
        missing = import_of(name)
        if missing:
            return self.refusal(node, f"unknown name `{name}`", missing)
        field = self.own_field(name)
        hint = f" (did you mean `{field}`?)" if field else did_you_mean(name, known)
        return self.refusal(node, f"unknown name `{name}`{hint}")

    # -- locals

    def reserve(self, names: set[str]) -> None:
        """Keep these names for the variables that the body assigns."""
        self.variables |= names
        self._taken |= names

    def keep_name(self, name: str) -> None:
        """Let no local of the compiler's be called so."""
        self._taken.add(name)

    def version(self, name: str, node: Located) -> str:
        """Return the unique name of what `name` is bound to at this node."""
        known = self._versions.get((name, id(node)))
        if known is None:
            number = 1
            known = name
            while known in self._taken:
                number += 1
                known = f"{name}_{number}"
            self._taken.add(known)
            self._versions[name, id(node)] = known
        return known

    def bind(self, name: str, unique: str, t: Type) -> ir.Local:
        """Bind a Python name to a local of this type, from here on."""
        self.flow.names[name] = unique
        self.flow.foreign -= {name}
        self.types[unique] = t
        return ir.Local(t, unique)

    def assigned(self, name: str, t: Type, node: Located) -> ir.Local:
        """Bind a variable that several statements may assign: its type is what it says, or what they have in common."""
        learned = self.inference.learn(("local", self.standing.key, name), self.bounded.get(name, t))
        if learned is None:
            raise self.unsupported(node, f"`{name}` has values of two types here", "give the second value a name of its own")
        return self.bind(name, name, learned)

    def local(self, name: str, node: Located) -> ir.Local | None:
        """Return the local that a name stands for here, or None where it stands for something of the module."""
        unique = self.flow.names.get(name)
        if unique is not None:
            return ir.Local(self.types[unique], unique)
        if name in self.flow.foreign:
            raise self.unsupported(node, f"`{name}` has a value without a C meaning", "compute it in plainer Python")
        if name in self.inner:
            raise self.refusal(node, f"`{name}` is defined inside a function", "define it at the top level of the module")
        if name in self.variables:
            remedy = "give it one on every way that leads here"
            field = self.own_field(name)
            raise self.refusal(node, f"`{name}` may have no value here", f"write `{field}`, or {remedy}" if field else remedy)
        return None

    def is_local(self, name: str) -> bool:
        """Say whether a name is this body's own here, whatever the module has under it."""
        return name in self.flow.names or name in self.flow.foreign or name in self.variables

    def own_field(self, name: str) -> str | None:
        """Return `self.name` where the process whose step this is has such a field."""
        own = next(iter(sorted(self.standing.own)), None)
        fields = self.assembly.model.fields.get(self.standing.inside or "", ())
        return f"{own}.{name}" if own and any(f.name == name for f in fields) else None

    def is_repeatable(self, expr: ir.Expr) -> bool:
        """Say whether evaluating the expression twice is the same as once: no choice, no helper that does something."""
        return self.assembly.observer.of(expr).is_repeatable

    def unnamed(self, t: Type) -> ir.Local:
        """Return a new local of the compiler's own, which no name of the source can be."""
        self._unnamed += 1
        return ir.Local(t, f"value'{self._unnamed}")

    def temporary(self, t: Type, node: Located, name: str = "t") -> ir.Local:
        """Return a local of the compiler's own for this node, about to be written."""
        local = ir.Local(t, self.version(name, node))
        self.flow.forget(local)
        return local


def assigned_names(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function assigns, other than as loop variables."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Assign(targets):
                found |= bound_by(targets)
            case ast.AugAssign(ast.Name(name)) | ast.AnnAssign(ast.Name(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case _:
                pass
    return found


def walked_names(node: ast.FunctionDef) -> set[str]:
    """Return the names that a function's loops bind."""
    return bound_by(inner.target for inner in ast.walk(node) if isinstance(inner, ast.For))


def bound_by(targets: Iterable[ast.expr]) -> set[str]:
    """Return the names that targets bind; a name in `x.field` or `xs[i]` is read."""
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def inner_names(node: ast.FunctionDef) -> set[str]:
    """Return the names of functions and classes that are defined inside a function."""
    return {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n is not node}
