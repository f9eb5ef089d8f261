from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable, some


class Server(Process):
    leader: Annotated[int, Range(0, 3)] | None = durable(None)
    known: bool = durable(False)

    @action
    def look(self) -> None:
        self.known = 3 in [3, some(self.leader)]


server = Server.single()


@always
def nothing_is_known() -> bool:
    return not server.known


presets = [Preset("default")]
