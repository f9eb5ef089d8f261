from __future__ import annotations

from quorate import Preset, Process, action, always, choose, durable, initial


class Server(Process):
    leader: bool = durable(False)
    faulty: bool = durable(False)

    @initial
    def choose_leader(self) -> None:
        self.leader = choose([False, True])

    @initial
    def choose_fault(self) -> None:
        self.faulty = choose([False, True])

    @action
    def nothing(self) -> None:
        pass


server = Server.single()


@always
def nobody_is_faulty() -> bool:
    return not server.faulty


presets = [Preset("default")]
