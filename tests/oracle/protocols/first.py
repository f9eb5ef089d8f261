from typing import Annotated

from quorate import Preset, Process, Range, action, always, require, volatile


class P(Process):
    x: Annotated[int, Range(0, 5)] = volatile(0)

    @action
    def inc(self) -> None:
        require(self.x < 5)
        self.x += 1


p = P.single()


@always
def below_two() -> bool:
    return p.x < 2


presets = [Preset("default", violates={below_two: 2})]
