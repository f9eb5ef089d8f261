"""Linear equations in fractions: Gauss-Jordan elimination, small and exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic import patience

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction


def solve(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """Return the solution of a square system; None where it is singular."""
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        patience.keep()
        pivot = next((r for r in range(i, len(rows)) if rows[r][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        rows[i] = [x / head if x else x for x in rows[i]]
        for r, row in enumerate(rows):
            if r != i and row[i]:
                factor = row[i]
                rows[r] = [x - factor * y if y else x for x, y in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]


def transposed(matrix: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return the matrix with rows and columns exchanged."""
    return [list(column) for column in zip(*matrix, strict=True)]
