from __future__ import annotations

from quorate import Preset, Process, action, always, choose, durable, initial, limit


class Server(Process):
    faulty: bool = durable(False)

    @initial
    def choose_fault(self) -> None:
        self.faulty = choose([False, True])
        limit(not self.faulty)

    @action
    def nothing(self) -> None:
        pass


server = Server.single()


@always
def nobody_is_faulty() -> bool:
    return not server.faulty


presets = [Preset("default")]
