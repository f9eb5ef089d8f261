"""The syntax tree of a model's module as Python runs it: what the language has otherwise than Python is put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.loading.tree.arithmetic import Arithmetic
from quorate.language.loading.tree.bounds import Bounds
from quorate.language.loading.tree.walking import Walks

if TYPE_CHECKING:
    import ast


def as_run(tree: ast.Module) -> ast.Module:
    """Make the tree what Python is to run, and return it. Ensures: every position in the source stays as it was."""
    for change in (Walks(), Arithmetic(), Bounds()):
        change.visit(tree)
    return tree
