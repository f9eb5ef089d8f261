"""Limits before and after choices of a step."""

from __future__ import annotations

from typing import Annotated

from quorate import Process, Range, action, choose, final, limit, never, require, volatile


class P(Process):
    x: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def go(self, k: Annotated[int, Range(0, 2)]) -> None:
        limit(k < 2)
        v = choose([1, 2, 2])
        w = choose({True, False})
        limit(self.x + v <= 3 or w)
        require(self.x + v <= 3)
        self.x += v


p = P.single()


@never
def g() -> bool:
    return p.x == 3


@final
def f() -> bool:
    return p.x > 1
