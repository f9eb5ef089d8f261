"""An object's states and steps as numbers: each step is worked out once, however often a search takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.record.history import PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential, State
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.record.values import Value

Kind = tuple[str, "Value", "Value", "Value"]  # of an operation: function, argument, result, key
IMPOSSIBLE = -1
INITIAL = 0


class Machine:
    """The object, of which every key has one of its own; a state is the number under which it was first met."""

    def __init__(self, target: Sequential, operations: Sequence[Operation]) -> None:
        self.target = target
        self.places = {key: i for i, key in enumerate(dict.fromkeys(operation.key for operation in operations))}
        self.states: list[tuple[State, ...]] = [(target.initial,) * len(self.places)]
        self.numbers: dict[tuple[State, ...], int] = {self.states[0]: INITIAL}
        self.tables: dict[Kind, dict[int, int]] = {}

    def table(self, operation: Operation) -> dict[int, int]:
        """Return where the operation leads from each state that `step` was asked for: the same one for all alike."""
        return self.tables.setdefault(kind_of(operation), {})

    def step(self, operation: Operation, state: int) -> int:
        """Return the state after the operation, IMPOSSIBLE where it cannot happen with its result. PENDING is any result."""
        table = self.table(operation)
        if state not in table:
            table[state] = self._step(operation, state)
        return table[state]

    def _step(self, operation: Operation, state: int) -> int:
        whole, place = self.states[state], self.places[operation.key]
        taken = self.target.functions[operation.function].step(whole[place], operation.argument)
        if taken is None or operation.result not in {PENDING, taken[1]}:
            return IMPOSSIBLE
        after = (*whole[:place], taken[0], *whole[place + 1 :])
        number = self.numbers.setdefault(after, len(self.states))
        if number == len(self.states):
            self.states.append(after)
        return number


def kind_of(operation: Operation) -> Kind:
    return operation.function, operation.argument, operation.result, operation.key
