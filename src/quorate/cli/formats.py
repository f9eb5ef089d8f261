"""The formats that a trace can be printed in, each written by one function of `report/`, imported when it is asked for.

A format is added as one row of `WRITERS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from quorate.report.documents.document import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.trace import Trace

TEXT = "text"  # for people, in the terminal
WRITERS: dict[str, tuple[str, str]] = {
    "mermaid": ("quorate.report.diagrams.mermaid", "mermaid"),
    "plantuml": ("quorate.report.diagrams.plantuml", "plantuml"),
    "svg": ("quorate.report.diagrams.svg", "svg"),
    "tikz": ("quorate.report.diagrams.tikz", "tikz"),
    "shiviz": ("quorate.report.documents.shiviz", "shiviz"),
    "itf": ("quorate.report.documents.itf", "itf"),
    "json": ("quorate.explorer.traces.trace_file", "to_json"),
}
FORMATS = (TEXT, *WRITERS)


def written(trace: Trace, chosen: str) -> str:
    """Return the trace in a format of `WRITERS`."""
    module, name = WRITERS[chosen]
    writer = cast("Callable[[Trace], object]", getattr(import_module(module), name))
    made = writer(trace)
    return made.rstrip("\n") if isinstance(made, str) else text(made)
