from __future__ import annotations

from enum import IntEnum

from quorate import Preset, Process, action, sometimes, volatile


class A(IntEnum):
    X = 5
    Y = 1


class P(Process):
    a: A = volatile(A.X)

    @action
    def go(self) -> None:
        self.a = A.Y


p = P.single()


@sometimes
def value_orders() -> bool:
    return p.a is A.Y and sorted([A.X, A.Y])[0] == A.Y  # noqa: FURB192


presets = [Preset("default", holds=[value_orders])]
