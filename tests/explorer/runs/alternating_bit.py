"""The alternating bit protocol (Bartlett, Scantlebury & Wilkinson 1969) over links that lose messages again and again.

That what is sent again and again arrives is what it rests on; that retries go on is not enough.
"""

from __future__ import annotations

from typing import Annotated

from quorate import (
    Faults,
    Message,
    Preset,
    Process,
    Range,
    action,
    always,
    always_eventually,
    durable,
    ghost,
    progress,
    receive,
    send,
    strong,
    weak,
)

Bit = Annotated[int, Range(0, 1)]


class Packet(Message):
    bit: Bit


class Receipt(Message):
    bit: Bit


class Sender(Process):
    bit: Bit = durable(0)
    sent: Annotated[int, Range(0, 2)] = ghost(0)  # modulo 3

    @action
    def transmit(self) -> None:
        send(Packet(self.bit), to=receiver)

    @receive
    def on_receipt(self, m: Receipt) -> None:
        if m.bit == self.bit:
            self.bit = 1 - self.bit
            self.sent = (self.sent + 1) % 3


class Receiver(Process):
    expected: Bit = durable(0)
    got: Annotated[int, Range(0, 2)] = ghost(0)  # modulo 3

    @receive
    def on_packet(self, m: Packet, sender: Sender) -> None:
        send(Receipt(m.bit), to=sender)
        if m.bit == self.expected:
            self.expected = 1 - self.expected
            self.got = (self.got + 1) % 3


sender = Sender.single()
receiver = Receiver.single()


@always
def in_step() -> bool:
    "The receiver is as far as the sender, or one ahead."
    return receiver.got in {sender.sent, (sender.sent + 1) % 3}


@always_eventually
def goes_on() -> bool:
    "Every message arrives: the count comes round."
    return receiver.got == 0


received = progress(Receiver.on_packet)
LOSSY = Faults(drop="any")
EVERYTHING = [strong("links"), weak(Sender.transmit)]

presets = [
    Preset("default", network="fifo", capacity=2, full="limit", faults=LOSSY, fairness=EVERYTHING),
    Preset("nothing fair", network="fifo", capacity=2, full="limit", faults=LOSSY, violates={goes_on: 4, received: 2}),
    Preset(
        "retries only",
        network="fifo",
        capacity=2,
        full="limit",
        faults=LOSSY,
        fairness="weak",
        violates={goes_on: 5, received: 2},
    ),
    Preset("one loss", network="fifo", capacity=2, full="limit", faults=Faults(drop=1), fairness="weak"),
]
