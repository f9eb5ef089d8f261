from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable


class Server(Process):
    total: Annotated[int, Range(0, 9)] = durable(0)

    @action
    def add(self) -> None:
        items = [1]
        for i in range(3):
            items += [i]
        self.total = len(items)


server = Server.single()


@always
def ok() -> bool:
    return server.total in (0, 4)


presets = [Preset("default")]
