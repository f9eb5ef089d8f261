"""The syntax tree of a model's module as Python runs it: what the language has otherwise than Python is put into a copy."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from quorate.language.loading.tree.arithmetic import Arithmetic
from quorate.language.loading.tree.walking import Walks

if TYPE_CHECKING:
    import ast


def as_run(tree: ast.Module) -> ast.Module:
    """Return the module as Python is to run it. Ensures: every position in the source stays as it was."""
    made = deepcopy(tree)
    for change in (Walks(), Arithmetic()):
        change.visit(made)
    return made
