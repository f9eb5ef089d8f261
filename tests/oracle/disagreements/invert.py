from __future__ import annotations

from typing import Annotated

from quorate import Preset, Process, Range, action, always, durable, require

Slot = Annotated[int, Range(0, 9)]


class Server(Process):
    last: Slot = durable(0)

    @action
    def build(self) -> None:
        require(self.last == 0)
        slots = {7: 1, 3: 1}
        by_value = {value: slot for slot, value in slots.items()}
        self.last = by_value[1]


server = Server.single()


@always
def the_last_slot_wins() -> bool:
    return server.last != 3


presets = [Preset("default")]
