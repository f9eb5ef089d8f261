from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, durable


class Server(Process):
    x: Annotated[int, Range(0, 9)] = durable(0)

    @action
    def go(self) -> None:
        if self.x == 0 and self.x == 7:  # pyright: ignore[reportUnnecessaryComparison]
            self.x = 1 // 7


server = Server.single()
presets = [Preset("default")]
