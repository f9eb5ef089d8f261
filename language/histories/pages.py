"""The pages of objects and guarantees, specialised: each is executed as a module of the model, with the history's own types.

A page is written in the modelling language, for any types: it imports them from the `given` beside it, and `execute` hands it
those of the history in their stead. Both engines know it as they know the model's own source. Read next:
`properties/guarantees/linearizable.py`, a page.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from quorate.language.declare import Process
from quorate.language.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from types import FunctionType, ModuleType

    from quorate.language.histories.history import History, Offered


class Source(Protocol):
    """What a module of the model is for this: its tree, and what it became."""

    @property
    def tree(self) -> ast.Module: ...
    @property
    def module(self) -> ModuleType: ...


PROPERTIES = Path(__file__).resolve().parents[2] / "properties"
BELOW = ("guarantees.operations", "guarantees.versions")  # what guarantees build on
GIVEN = frozenset(f"quorate.properties.{page}" for page in ("objects.given", "guarantees.given", *BELOW))
QUIET = """def begin(client, operation) -> None:
    "No guarantee is asked for."

def end(client) -> None:
    "No guarantee is asked for."

def end_with(client, result) -> None:
    "No guarantee is asked for."

def fail(client) -> None:
    "No guarantee is asked for."
"""


class Execute(Protocol):
    """Executes a page, or this text in its stead, as a module of the model; what it names gets the prefix."""

    def __call__(self, page: Path, prefix: str, given: Mapping[str, object], text: str | None = None) -> ModuleType: ...


def specialise(history: History, clients: type[Process], asked: Collection[Offered], execute: Execute) -> None:
    """Give a history and its object their functions: those of the guarantees asked for. Errors: ModelError."""
    prefix, of = f"{history.name}.", history.of
    if of.functions:
        raise ModelError("an object has two histories", None, "give each history an object of its own")
    sequential = execute(PROPERTIES / "objects" / f"{of.page}.py", prefix, of.given)
    of.functions = functions(sequential)
    glue = PROPERTIES / "guarantees" / "__init__.py"
    if not asked:
        history.functions = functions(execute(glue, prefix, {}, QUIET))
        return
    given: dict[str, object] = {**of.given, **public(sequential, prefix), "Client": clients, "STALENESS": history.staleness}
    for name in ("operations", "versions") if any(offered.versions for offered in asked) else ("operations",):
        given |= public(execute(page_of(name), prefix, given), prefix)
    pages = {offered.page: execute(page_of(offered.page), prefix, given) for offered in asked}
    monitors = {name: vars(page)["monitor"] for name, page in pages.items()}
    history.functions = functions(execute(glue, prefix, {**given, **monitors}, glued(monitors, versions="versions" in given)))


def page_of(guarantee: str) -> Path:
    """Return the page of a guarantee, or of what guarantees build on."""
    return next((PROPERTIES / "guarantees").rglob(f"{guarantee}.py"))


def glued(monitors: Collection[str], *, versions: bool) -> str:
    """Return the module that tells each monitor what begins and ends; first of all `versions`, where one needs it."""
    first = ["versions"] if versions else []
    names = ", ".join([*first, *monitors])
    began = "".join(f"    {name}.began(client)\n" for name in [*first, *monitors])
    ended = "".join(f"    {name}.ended(client)\n" for name in monitors)
    returned = "".join(f"    {name}.returned(client, result)\n" for name in monitors)
    failed = "".join(f"    {name}.failed(client)\n" for name in monitors)
    return f"""from quorate.properties.guarantees.given import operations, {names}

def begin(client, operation) -> None:
    operations.begin(client, operation)
{began}
def end(client) -> None:
    operations.check(client)
    operations.check_silent(client)
{ended}    operations.end(client)

def end_with(client, result) -> None:
    operations.check(client)
    operations.check_answers(client)
{returned}    operations.end(client)

def fail(client) -> None:
    operations.check(client)
{failed}    operations.end(client)
"""


def public(module: ModuleType, prefix: str) -> dict[str, object]:
    """Return what a page gives to those that are executed after it, its classes without the prefix."""
    return {name.removeprefix(prefix): value for name, value in vars(module).items() if not name.startswith("_")}


def functions(module: ModuleType) -> dict[str, FunctionType]:
    """Return the functions that a page defines, by name."""
    own = vars(module)
    return {name: f for name, f in own.items() if getattr(f, "__globals__", None) is own}


def renamed(tree: ast.Module, prefix: str) -> ast.Module:
    """Put the prefix before the names of the classes that a page declares, wherever it uses them, and return the tree."""
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree) if prefix else ():
        if isinstance(node, ast.ClassDef) and node.name in names:
            node.name = prefix + node.name
        elif isinstance(node, ast.Name) and node.id in names:
            node.id = prefix + node.id
    return tree


def clients_of(history: str, sources: Iterable[Source]) -> set[type[Process]]:
    """Return the classes of processes whose methods begin operations of a history as `self`; all, where anything else does."""
    found: set[type[Process]] = set()
    for source in sources:
        for node in source.tree.body:
            cls = vars(source.module).get(node.name) if isinstance(node, ast.ClassDef) else None
            if any(_begins(inner, history) for inner in ast.walk(node)):
                found.add(cls if isinstance(cls, type) and issubclass(cls, Process) else Process)
    return found


def _begins(node: ast.AST, history: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="begin")):
            return name == history
        case _:
            return False


def common(kinds: Collection[type[Process]]) -> type[Process]:
    """Return the nearest class that all these classes of processes are below, or are."""
    first, *rest = list(kinds) or [Process]
    return next(c for c in first.__mro__ if issubclass(c, Process) and all(issubclass(k, c) for k in rest))
