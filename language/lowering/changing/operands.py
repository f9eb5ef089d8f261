"""What a change is made of, in Python's order: the path that it goes down and what is put there, each evaluated once.

`self.l[i] = v` has the value first, then the container, then the index; `self.l.append(v)` and `self.l[i] += v` the container
and the index first. Containers are values here and objects in Python: one that an index or an argument changes in place is
read afterwards, and one that they assign anew would be another than Python changes, which is refused.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.sequence import hoisted, is_steady
from quorate.language.lowering.changing.paths import Path, read
from quorate.language.lowering.reading.sorting import listed
from quorate.language.lowering.reading.walks import walk_of
from quorate.language.program import ir
from quorate.language.program.effects import QUIET, Effects
from quorate.language.program.traversal import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.language.lowering.bodies.body import Body
    from quorate.language.values.types import Type

Names = frozenset[str]


def effects_of(body: Body, exprs: Sequence[ir.Expr]) -> Effects:
    """Return what evaluating all of these may do."""
    return reduce(or_, map(body.assembly.observer.of, exprs), QUIET)


def parts_of(path: Path) -> Iterator[ir.Expr]:
    """Yield what is evaluated on a path, in order: whose field it is, and where each step leads."""
    if isinstance(path.root, ir.Field) and not isinstance(path.root.holder, int):
        yield path.root.holder
    for key in path.keys:
        if not key.inner:
            yield from [key.expr] if key.default is None else [key.expr, key.default]


def settled(body: Body, path: Path, node: ast.expr, later: Effects = QUIET) -> Path:
    """Return a path that may be read and written: its parts are evaluated here if they, or what comes later, do anything."""
    parts = [*parts_of(path)]
    does = effects_of(body, parts)
    check_kept(body, path, node, later)
    if not (does.acts or later.acts):
        return path
    kept = partial(kept_part, body, node, does.writes | later.writes)
    root = path.root
    if isinstance(root, ir.Field) and not isinstance(root.holder, int):
        root = replace(root, holder=kept(root.holder))
    settled_ = Path(root)
    for key in path.keys:
        if not key.inner:
            reach(body, settled_, effects_of(body, [key.expr, *([] if key.default is None else [key.default])]))
            key = replace(key, expr=kept(key.expr), default=None if key.default is None else kept(key.default))  # noqa: PLW2901
        settled_ = Path(root, (*settled_.keys, key))
    reach(body, settled_, later)
    return settled_


def kept_part(body: Body, node: ast.expr, written: Names, expr: ir.Expr) -> ir.Expr:
    """Evaluate a part here, unless it is the same later on."""
    does = body.assembly.observer.of(expr)
    return expr if does.is_quiet and not does.reads & written else hoisted(body, expr, node)


def reach(body: Body, path: Path, later: Effects) -> None:
    """Fail where a path leads nowhere, before what is evaluated next may end the step."""
    if (later.ends or later.chooses) and any(not key.inner for key in path.keys):
        body.out.append(ir.Evaluate(read(body, path)))


def check_kept(body: Body, path: Path, node: ast.expr, later: Effects) -> None:
    """Refuse a change of a container by what is computed on the way to it, where Python would go on with another one."""
    if not isinstance(path.root, ir.Field):
        return
    name = path.root.name
    keys = [effects_of(body, [k.expr, *([] if k.default is None else [k.default])]) for k in path.keys if not k.inner]
    anew = any(name in does.assigns for does in (*keys, later))
    inside = any(name in does.writes for does in (*keys, later)[1:])
    if anew or inside:
        what = f"this changes `{name}` while `{name}` is being changed"
        if anew:
            what = f"this assigns `{name}` anew while `{name}` is being changed: Python goes on with what the field was"
        raise body.refusal(node, what, "compute the index or argument on a line of its own, before")


# -- arguments --------------------------------------------------------------------------------------------------------


def prepared(body: Body, node: ast.Call, path: Path, expected: Sequence[Type | None]) -> tuple[Path, ast.Call]:
    """Return a method's path and its call, ready to be used in any order and twice: what acts is evaluated here."""
    given = [argument(body, a, t) for a, t in zip(node.args, [*expected, *[None] * len(node.args)], strict=False)]
    later = effects_of(body, given)
    for a, g in zip(node.args, given, strict=True):
        check_apart(body, path, a, g)
    path = settled(body, path, node, later)
    if not later.acts:
        return path, node
    named = [kept_part(body, a, later.writes, g) for a, g in zip(node.args, given, strict=True)]
    arguments = [name_of(body, a, n) if n is not g else a for a, n, g in zip(node.args, named, given, strict=True)]
    return path, ast.copy_location(ast.Call(node.func, arguments, node.keywords), node)


def check_apart(body: Body, path: Path, node: ast.expr, given: ir.Expr) -> None:
    """Refuse a generator that looks at the container which grows while it runs."""
    does, root = body.assembly.observer.of(given), path.root
    is_seen = root.name in does.reads | does.writes if isinstance(root, ir.Field) else root in within(given)
    if isinstance(node, ast.GeneratorExp) and is_seen:
        what = f"this walks or changes `{root.name}` while `{root.name}` is being changed"
        raise body.refusal(node, what, "build a list first: `[...]`")


def argument(body: Body, node: ast.expr, expected: Type | None) -> ir.Expr:
    if isinstance(node, ast.GeneratorExp):
        return body.expr(ast.copy_location(ast.ListComp(node.elt, node.generators), node), expected)
    return body.expr(node, expected) if walk_of(body, node) is None else listed(body, node)


def name_of(body: Body, node: ast.expr, kept: ir.Expr) -> ast.expr:
    """Return a name that stands for what was evaluated."""
    assert isinstance(kept, ir.Local)
    body.bind(kept.name, kept.name, kept.type)
    return ast.copy_location(ast.Name(kept.name, ast.Load()), node)


def before_path(body: Body, value: ir.Expr, path: Path, node: ast.expr) -> ir.Expr:
    """Return a value that Python has before it looks at where it goes: it is evaluated here, where that could show."""
    parts = [*parts_of(path)]
    acts = body.assembly.observer.of(value).acts and (path.keys or not all(map(is_steady, parts)))
    return hoisted(body, value, node) if acts or effects_of(body, parts).acts else value
