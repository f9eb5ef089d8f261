"""All objects by name. An object is added as one file beside this one, and one row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.histories.objects.cas_register import CAS_REGISTER
from quorate.properties.histories.objects.counter import COUNTER
from quorate.properties.histories.objects.key_value import KEY_VALUE
from quorate.properties.histories.objects.list_append import LIST_APPEND
from quorate.properties.histories.objects.lock import LOCK
from quorate.properties.histories.objects.queue import QUEUE
from quorate.properties.histories.objects.register import REGISTER
from quorate.properties.histories.objects.set import SET

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import Sequential

OBJECTS: dict[str, Sequential] = {
    found.name: found for found in (REGISTER, CAS_REGISTER, KEY_VALUE, QUEUE, SET, COUNTER, LOCK, LIST_APPEND)
}


def object_named(name: str) -> Sequential:
    """Return an object. Errors: UsageError."""
    if name not in OBJECTS:
        raise UsageError(f"there is no object `{name}`{did_you_mean(name, OBJECTS)}: there are {', '.join(OBJECTS)}")
    return OBJECTS[name]
