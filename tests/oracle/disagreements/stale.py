from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable


class Server(Process):
    term: Annotated[int, Range(0, 9)] = durable(1)
    seen: int = durable(0)

    def current(self) -> int:
        return self.term

    @action
    def jump(self) -> None:
        if self.current() < 3:
            self.term = 9
            self.seen = self.current()


server = Server.single()


@always
def small() -> bool:
    return server.seen <= 9


presets = [Preset("default")]
