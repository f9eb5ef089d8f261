from __future__ import annotations

from quorate import Preset, Process, action, always, durable, param

FAST = param(True, "with the extra variable")


class Node(Process):
    on: bool = durable(False)
    if FAST:
        extra: bool = durable(False)

    if FAST:

        @action
        def flip(self) -> None:
            self.extra = not self.extra


node = Node.single()


@always
def fine() -> bool:
    return True


presets = [Preset("default", holds=[fine], states=2)]
