"""The formats that a trace can be printed in, each written by one function of `report/`, imported when it is asked for.

A format is added as one row of `WRITERS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from quorate.report.document import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.trace import Trace

TEXT = "text"  # for people, in the terminal
WRITERS: dict[str, tuple[str, str]] = {
    "mermaid": ("quorate.report.mermaid", "mermaid"),
    "plantuml": ("quorate.report.plantuml", "plantuml"),
    "svg": ("quorate.report.svg", "svg"),
    "tikz": ("quorate.report.tikz", "tikz"),
    "shiviz": ("quorate.report.shiviz", "shiviz"),
    "itf": ("quorate.report.itf", "itf"),
    "json": ("quorate.explorer.trace_file", "to_json"),
}
FORMATS = (TEXT, *WRITERS)


def written(trace: Trace, chosen: str) -> str:
    """Return the trace in a format of `WRITERS`."""
    module, name = WRITERS[chosen]
    writer = cast("Callable[[Trace], object]", getattr(import_module(module), name))
    made = writer(trace)
    return made.rstrip("\n") if isinstance(made, str) else text(made)
