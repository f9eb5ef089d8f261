from __future__ import annotations

from typing import Annotated

from quorate import Max, Preset, Process, action, always, durable, require


class Server(Process):
    log: Annotated[list[bool], Max(2)] = durable([])
    grew: bool = durable(False)

    @action
    def write(self) -> None:
        require(not self.log)
        before = self.log
        self.log.append(True)
        self.grew = len(self.log) > len(before)


server = Server.single()


@always
def a_write_is_noticed() -> bool:
    return server.grew or not server.log


presets = [Preset("default")]
