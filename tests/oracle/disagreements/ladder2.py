from __future__ import annotations

from quorate import Preset, Process, action, always, durable, require

DELAYS = (3, 11, 40, 150, 600, 2500, 9000)


class Clock(Process):
    left: int = durable(5)

    @action
    def tick(self) -> None:
        require(self.left != -20)
        self.left -= 1


clock = Clock.single()


@always
def never_below_zero() -> bool:
    return clock.left >= 0 or clock.left in DELAYS


presets = [Preset("default")]
