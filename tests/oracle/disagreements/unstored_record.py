"""A record out of its bound that is never stored in a field."""

from __future__ import annotations

from typing import Annotated

from quorate import Process, Range, Record, action, never, require, volatile


class R(Record):
    x: Annotated[int, Range(0, 1)]


class P(Process):
    k: bool = volatile(False)

    @action
    def go(self) -> None:
        require(not self.k)
        r = R(x=5)
        self.k = r.x > 3


p = P.single()


@never
def g() -> bool:
    return p.k
