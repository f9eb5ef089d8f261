from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable, require


class Server(Process):
    last: Annotated[int, Range(0, 2)] = durable(0)
    first: Annotated[int, Range(0, 2)] = durable(0)
    second: Annotated[int, Range(0, 2)] = durable(0)

    def fresh(self) -> int:
        self.last += 1
        return self.last

    @action
    def take_two(self) -> None:
        require(self.last == 0)
        self.first, self.second = self.fresh(), self.fresh()


server = Server.single()


@always
def later_is_first() -> bool:
    return server.last == 0 or server.first > server.second


presets = [Preset("default")]
