from __future__ import annotations

from typing import Annotated

from quorate import Max, Preset, Process, Range, action, always, durable


class Server(Process):
    log: Annotated[list[bool], Max(2)] = durable([False, True])
    at: Annotated[int, Range(0, 2)] = durable(0)
    last: bool = durable(False)

    @action
    def read(self) -> None:
        self.last = self.log[self.at - 1]


server = Server.single()


@always
def ok() -> bool:
    return True


presets = [Preset("default")]
