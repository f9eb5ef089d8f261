"""Quorate checks replication protocols written as small-step state machines in plain Python.

A model imports its language from here; a tool starts from `load`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.declare import (
    Faults,
    Group,
    Max,
    Message,
    Preset,
    Process,
    Range,
    Record,
    Shared,
    action,
    always,
    always_eventually,
    broadcast,
    choose,
    constraint,
    durable,
    eventually,
    eventually_always,
    final,
    ghost,
    in_flight,
    initial,
    leads_to,
    limit,
    never,
    old,
    others,
    param,
    possible,
    progress,
    receive,
    require,
    send,
    skip,
    some,
    sometimes,
    step,
    strong,
    up,
    volatile,
    weak,
)
from quorate.language.histories.history import History
from quorate.language.histories.objects import CasRegister, Counter, KeyValue, Lock, Queue, Register, SharedSet

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.language.loading.model import Model
    from quorate.notebook import Shell

__version__ = "0.1.0"


def load(model: str | Path, /, **parameters: object) -> Model:
    """Return a model with these parameters: a shipped one by name, a file by path, or the source itself.

    Errors: UsageError for an unknown name or parameter, ModelError for a model that cannot be.
    """
    from quorate.language.loading.load import load as loaded  # noqa: PLC0415  (a model that imports its language needs no loader)

    return loaded(model, **parameters)


def load_ipython_extension(shell: Shell) -> None:
    """Add the cell magic `%%quorate` to a notebook; IPython calls it for `%load_ext quorate`."""
    from quorate.notebook import register  # noqa: PLC0415

    register(shell)


__all__ = [
    "CasRegister",
    "Counter",
    "Faults",
    "Group",
    "History",
    "KeyValue",
    "Lock",
    "Max",
    "Message",
    "Preset",
    "Process",
    "Queue",
    "Range",
    "Record",
    "Register",
    "Shared",
    "SharedSet",
    "action",
    "always",
    "always_eventually",
    "broadcast",
    "choose",
    "constraint",
    "durable",
    "eventually",
    "eventually_always",
    "final",
    "ghost",
    "in_flight",
    "initial",
    "leads_to",
    "limit",
    "load",
    "never",
    "old",
    "others",
    "param",
    "possible",
    "progress",
    "receive",
    "require",
    "send",
    "skip",
    "some",
    "sometimes",
    "step",
    "strong",
    "up",
    "volatile",
    "weak",
]
