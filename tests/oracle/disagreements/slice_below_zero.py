"""A computed bound below zero, of a slice."""

from __future__ import annotations

from typing import Annotated

from quorate import Max, Process, Range, action, never, volatile


class P(Process):
    items: Annotated[list[bool], Max(2)] = volatile([True, False])
    at: Annotated[int, Range(0, 2)] = volatile(0)
    n: Annotated[int, Range(0, 3)] = volatile(0)

    @action
    def go(self) -> None:
        self.n = len(self.items[: self.at - 1])


p = P.single()


@never
def g() -> bool:
    return p.n == 1
