"""The operations that are open: what every guarantee builds on, kept once for all that are asked of one history."""

from __future__ import annotations

from quorate import Shared, ghost
from quorate.properties.guarantees.given import Client, Operation, answers


class Operations(Shared):
    open: dict[Client, Operation] = ghost({})
    ended: bool = ghost(False)  # whether any operation has ended: a guarantee of which none has is vacuous

    def begin(self, client: Client, operation: Operation) -> None:
        assert client not in self.open, "an operation of this client is open already"
        self.open[client] = operation

    def check(self, client: Client) -> None:
        assert client in self.open, "no operation of this client is open"

    def check_silent(self, client: Client) -> None:
        assert not answers(self.open[client]), "this operation returns something: write `end(self, value)`"

    def check_answers(self, client: Client) -> None:
        assert answers(self.open[client]), "this operation returns nothing: write `end(self)`"

    def end(self, client: Client) -> None:
        self.open.pop(client)
        self.ended = True


operations = Operations.single()
