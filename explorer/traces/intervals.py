"""The operations of a run, as the histories of its model were told of them: each an interval of steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.trace import Operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.edges import Edge, Told
    from quorate.explorer.contract.trace import Json
    from quorate.explorer.reference.present import System


def operations_of(system: System, edges: Sequence[Edge]) -> tuple[Operation, ...]:
    """Return the operations in the order in which they begin; what does not end within these steps is open."""
    found: list[Operation] = []
    open_: dict[tuple[str, int], int] = {}  # where in `found` the operation of a client stands that is open
    for step, edge in enumerate(edges, 1):
        for told in edge.told:
            if told.how == "begin":
                open_[told.history, told.client] = len(found)
                found.append(_begun(system, told, step))
            elif (told.history, told.client) in open_:
                at = open_.pop((told.history, told.client))
                found[at] = replace(found[at], result=told.what[0] if told.what else None, end=step, failed=told.how == "fail")
    return tuple(found)


def _begun(system: System, told: Told, step: int) -> Operation:
    arguments = told.what
    argument: Json = None if not arguments else arguments[0] if len(arguments) == 1 else {"tuple": list(arguments)}
    return Operation(system.model.processes[told.client].label, told.name, argument, None, step, None, told.history)
