"""A witness found by a quantifier that never had an item: docs say vacuous."""

from __future__ import annotations

from quorate import Process, action, sometimes, volatile


class P(Process):
    items: set[bool] = volatile(set())

    @action
    def go(self) -> None:
        self.items = set()


p = P.single()


@sometimes
def everything() -> bool:
    return all(x for x in p.items)
