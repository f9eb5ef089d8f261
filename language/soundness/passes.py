"""Everything that is judged on the IR, before any engine sees it. A rule is a file, and a row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.soundness.aliases import aliases
from quorate.language.soundness.ghosts import ghosts
from quorate.language.soundness.hashing import hashing
from quorate.language.soundness.order import order

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.errors import ModelError
    from quorate.language.program import ir

PASSES: tuple[Callable[[ir.Program], list[ModelError]], ...] = (order, ghosts, aliases, hashing)


def unsound(program: ir.Program) -> list[ModelError]:
    """Return what no engine may run of a program, rule by rule."""
    return [problem for judge in PASSES for problem in judge(program)]
