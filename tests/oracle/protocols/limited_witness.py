from typing import Annotated

from quorate import Preset, Process, Range, action, limit, sometimes, volatile


class P(Process):
    n: Annotated[int, Range(0, 9)] = volatile(0)

    @action
    def up(self) -> None:
        limit(self.n < 3)
        self.n += 1


p = P.single()


@sometimes
def five() -> bool:
    return p.n == 5


presets = [Preset("default", violates=[five])]
