"""A contradiction in a sentence: who saw what, after what."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from quorate.properties.histories.contradiction import seen
from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.history import PENDING
from quorate.properties.histories.record.values import FALSE, TRUE, Caller, short

if TYPE_CHECKING:
    from quorate.properties.histories.contradiction import Contradiction
    from quorate.properties.histories.guarantees.guarantee import Guarantee
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation

MOST = 6  # operations that a sentence still tells
ROOM = 60  # characters of a value in it


def call(operation: Operation) -> str:
    """Return a call as people write it: `write 2`, `cas [1 2]`, `x.read`."""
    key = "" if operation.key is None else f"{short(operation.key).strip(chr(34))}."
    argument = "" if operation.argument is None or isinstance(operation.argument, Caller) else f" {short(operation.argument)}"
    return f"{key}{operation.function}{argument}"


def answer(operation: Operation) -> str:
    """Return what a call returned, as people write it: `ok`, `3`, or `?` where nobody saw it."""
    return "?" if operation.result is PENDING else "ok" if operation.result == DONE else short(operation.result)


def told(operation: Operation, target: Sequential) -> str:
    """Return what happened as a clause: `client 2 read 1`, `client 1's write of 2 was acknowledged`."""
    client, name = f"client {operation.client}", operation.function
    key = "" if operation.key is None else f" at {short(operation.key)}"
    role = target.functions[name].role
    if operation.result is PENDING:
        return f"nobody saw {client}'s `{call(operation)}` end"
    if role == "read":
        return f"{client} read {short(operation.result, ROOM)}{key}"
    if role == "write":
        return f"{client}'s {name} of {short(operation.argument, ROOM)}{key} was acknowledged"
    if operation.result in {TRUE, FALSE}:
        return f"{client}'s `{call(operation)}` {'succeeded' if operation.result == TRUE else 'failed'}"
    if operation.result == DONE:
        return f"{client}'s `{call(operation)}` was acknowledged"
    return f"{client}'s `{call(operation)}` returned {short(operation.result, ROOM)}"


def sentence(why: Contradiction, target: Sequential, guarantee: Guarantee) -> str:
    """Return the contradiction as a sentence, without its full stop."""
    operations = why.operations
    if len(operations) > MOST:
        return f"these {len(operations)} operations contradict each other"
    *before, last = operations
    if not before:
        return f"{told(last, target)}{_alone(last, why, target)}"
    if len(before) == 1 and _follows(before[0], last, guarantee):
        return f"{told(last, target)} after {told(before[0], target)}{_written(last, why)}"
    parts = [told(operations[0], target)]
    for earlier, later in pairwise(operations):
        word = "then" if _follows(earlier, later, guarantee) else "meanwhile" if guarantee.timed else "and"
        parts.append(f"{word} {told(later, target)}")
    return f"{', '.join(parts)}{_written(last, why)}"


def _written(read: Operation, why: Contradiction) -> str:
    """Say who wrote what was read last, where that is not among the operations that are told."""
    versions = {(read.key, value) for value in seen(read)}
    found = [o for o in why.origins if (o.key, o.argument) in versions]
    return "".join(f"; client {o.client} wrote {short(o.argument)} in line {o.where.line}" for o in found[:MOST])


def _follows(earlier: Operation, later: Operation, guarantee: Guarantee) -> bool:
    """Say whether the guarantee makes one come after the other by when they happened."""
    return earlier.before(later) and (guarantee.timed or earlier.client == later.client)


def _alone(operation: Operation, why: Contradiction, target: Sequential) -> str:
    """Say what is wrong with one operation by itself."""
    if target.functions[operation.function].role != "read":
        return f", which a {target.name} does not do"
    if why.origins:
        return ""
    return f", which nobody had begun to write; at first it holds {short(target.initial)} (`--initial`)"
