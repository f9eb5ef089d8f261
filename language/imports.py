"""Which import is missing, where a model uses a name of Quorate's or of Python's own that it never imported."""

from __future__ import annotations

QUORATE = (
    "Faults", "Group", "Max", "Message", "Preset", "Process", "Range", "Record", "Shared", "action", "always", "broadcast",
    "choose", "constraint", "durable", "final", "ghost", "in_flight", "initial", "limit", "never", "old", "others", "param",
    "receive", "require", "send", "skip", "some", "sometimes", "step", "up", "volatile", "always_eventually", "eventually",
    "eventually_always", "leads_to", "possible", "progress", "strong", "weak",
)  # fmt: skip
HOMES = {
    **dict.fromkeys(QUORATE, "quorate"),
    **dict.fromkeys(("Enum", "IntEnum", "auto", "unique"), "enum"),
    **dict.fromkeys(("Annotated", "Final", "TYPE_CHECKING"), "typing"),
    **dict.fromkeys(("Interval", "Ge", "Gt", "Le", "Lt", "Len", "MaxLen"), "annotated_types"),
}


def import_of(name: str | None) -> str | None:
    """Return what to do about a name that a model uses and never imported, or None where it is nobody's."""
    home = HOMES.get(name or "")
    return None if home is None else f"import it: `from {home} import {name}`"
