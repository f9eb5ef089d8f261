from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable, param, require

BIG = param(True, "with the larger bound")


class Node(Process):
    x: Annotated[int, Range(0, 1)] = durable(0)
    if BIG:
        x: Annotated[int, Range(0, 3)] = durable(2)  # type: ignore[no-redef]

    @action
    def inc(self) -> None:
        require(self.x < 3)
        self.x += 1


node = Node.single()


@always
def fine() -> bool:
    return node.x <= 1


presets = [Preset("default", holds=[fine])]
