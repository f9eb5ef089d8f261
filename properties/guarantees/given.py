"""What a history gives to the pages of this room: its clients and its object. Here they stand for any; `pages.py` of
`language/histories/` puts those of the history in.
"""

from __future__ import annotations

from quorate import Process
from quorate.properties.objects.given import FIRST, Value
from quorate.properties.objects.register import Content, Operation, Result, answers, effect, enabled

STALENESS = 1


class Client(Process):
    """Whoever begins operations."""


__all__ = [
    "FIRST",
    "STALENESS",
    "Client",
    "Content",
    "Operation",
    "Result",
    "Value",
    "answers",
    "effect",
    "enabled",
]
