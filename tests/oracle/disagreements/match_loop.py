from __future__ import annotations

from enum import Enum

from quorate import Preset, Process, action, always, volatile


class C(Enum):
    A = 1
    B = 2
    D = 3


class N(Process):
    s: set[C] = volatile({C.A, C.B, C.D})
    c: C = volatile(C.A)

    @action
    def go(self) -> None:
        match self.c:
            case _:
                for x in self.s:
                    self.c = x


n = N.single()


@always
def ok() -> bool:
    return n.c is not C.B


presets = [Preset("default", holds=[ok])]
