from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from quorate import Max, Preset, Process, action, always, durable


class Color(Enum):
    RED = auto()
    GREEN = auto()


class Server(Process):
    colors: Annotated[list[Color], Max(2)] = durable([Color.GREEN, Color.RED])

    @action
    def tidy(self) -> None:
        self.colors.sort()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


server = Server.single()


@always
def two() -> bool:
    return len(server.colors) == 2


presets = [Preset("default")]
