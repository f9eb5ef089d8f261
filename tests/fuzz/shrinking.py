"""Makes a source that shows something smaller, as long as it goes on showing it.

It works on Python's own syntax tree, whatever made the source: statements go, bodies take the place of what held them,
expressions give way to their parts or to a constant. Read next: `__main__.py`, the runner.
"""

from __future__ import annotations

import ast
import copy
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONSTANTS = (False, 0, None, True, 1)


def shrunk(source: str, shows: Callable[[str], bool], seconds: float = 120) -> str:
    """Return the smallest source found within the time for which `shows` is true, as it is for the one given."""
    until = time.monotonic() + seconds
    best, before = source, ""
    while best != before and time.monotonic() < until:
        before = best
        for variants in (_without_statements, _without_parts, _with_simpler_expressions):
            best = _exhausted(best, variants, shows, until)
    return best


def _exhausted(source: str, variants: Callable[[str, int], Iterator[str]], shows: Callable[[str], bool], until: float) -> str:
    """Go through the variants of each place in turn; where one shows the same, go on from it at that place."""
    place = 0
    while time.monotonic() < until:
        found = None
        tried = False
        for variant in variants(source, place):
            tried = True
            if len(variant) < len(source) and shows(variant):
                found = variant
                break
            if time.monotonic() > until:
                return source
        if found is not None:
            source = found
        elif tried or place < _places(source):
            place += 1
        else:
            break
    return source


def _places(source: str) -> int:
    return sum(1 for _ in ast.walk(ast.parse(source)))


def _at(source: str, place: int) -> tuple[ast.Module, ast.AST | None]:
    """Return a fresh tree, and its node with that number."""
    tree = ast.parse(source)
    return tree, next((n for i, n in enumerate(ast.walk(tree)) if i == place), None)


def _text(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _without_statements(source: str, place: int) -> Iterator[str]:
    """Yield the source without some of the statements that one node holds, larger runs first."""
    _, node = _at(source, place)
    for name in ("body", "orelse"):
        held = getattr(node, name, None)
        if not isinstance(held, list):
            continue
        run = len(held)
        while run:
            for start in range(0, len(held), run):
                tree, again = _at(source, place)
                left = getattr(again, name)
                del left[start : start + run]
                if not left and name == "body" and not isinstance(again, ast.Module):
                    left.append(ast.Pass())
                yield _text(tree)
            run //= 2
    yield from _unfolded(source, place)


def _unfolded(source: str, place: int) -> Iterator[str]:
    """Yield the source with the bodies of the compound statements that one node holds in their place."""
    _, node = _at(source, place)
    for name in ("body", "orelse"):
        held = getattr(node, name, None)
        for i, inner in enumerate(held if isinstance(held, list) else []):
            if isinstance(inner, ast.If | ast.For):
                for part in ("body", "orelse"):
                    tree, again = _at(source, place)
                    here = getattr(again, name)
                    here[i : i + 1] = getattr(here[i], part)
                    if here:
                        yield _text(tree)


def _without_parts(source: str, place: int) -> Iterator[str]:
    """Yield the source without one argument, item, keyword, decorator, base, or operand of a node."""
    _, node = _at(source, place)
    for name in ("args", "keywords", "elts", "values", "keys", "ifs", "bases", "decorator_list", "targets", "names"):
        held = getattr(node, name, None)
        for i in range(len(held) if isinstance(held, list) else 0):
            tree, again = _at(source, place)
            del getattr(again, name)[i]
            if isinstance(again, ast.Dict) and name == "keys":
                del again.values[i]
            if isinstance(again, ast.arguments) and i == 0:
                continue
            yield from _unparsed(tree)


def _with_simpler_expressions(source: str, place: int) -> Iterator[str]:
    """Yield the source with an expression in one node's place of its parts, or of a constant."""
    _, parent = _at(source, place)
    if parent is None:
        return
    for name, value in ast.iter_fields(parent):
        for i, child in enumerate(value if isinstance(value, list) else [value]):
            if (
                not isinstance(child, ast.expr)
                or isinstance(getattr(child, "ctx", None), ast.Store)
                or name in {"annotation", "returns", "bases", "targets", "target"}
            ):
                continue
            parts = [n for n in ast.walk(child) if isinstance(n, ast.expr) and n is not child]
            simpler: list[ast.expr] = [*parts[:8], *(ast.Constant(c) for c in CONSTANTS)]
            kept = isinstance(child, ast.Constant) or ast.unparse(child) == "auto()"  # members of one value would be one
            for other in [] if kept else simpler:
                tree, again = _at(source, place)
                assert again is not None
                if isinstance(value, list):
                    getattr(again, name)[i] = copy.deepcopy(other)
                else:
                    setattr(again, name, copy.deepcopy(other))
                yield from _unparsed(tree)


def _unparsed(tree: ast.Module) -> Iterator[str]:
    """Yield the text of a tree, if it is one of Python's."""
    try:
        text = _text(tree)
        ast.parse(text)
    except (SyntaxError, ValueError, IndexError, AttributeError, TypeError):
        return
    yield text
