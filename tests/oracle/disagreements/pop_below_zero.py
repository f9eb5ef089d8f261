"""A computed index below zero, of `pop`."""

from __future__ import annotations

from typing import Annotated

from quorate import Max, Process, Range, action, never, require, volatile


class P(Process):
    items: Annotated[list[bool], Max(2)] = volatile([True, False])
    at: Annotated[int, Range(0, 2)] = volatile(0)

    @action
    def go(self) -> None:
        require(len(self.items) == 2)
        self.items.pop(self.at - 1)


p = P.single()


@never
def g() -> bool:
    return p.items == [True]
