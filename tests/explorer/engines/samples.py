"""Small protocols that the tests of the reference engine search, and one function to search them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import NO_LIMITS
from quorate.explorer.contract.setting import setting_of
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.language.declare import Faults
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Findings
    from quorate.language.declare import Order

HEAD = """from __future__ import annotations
from enum import Enum, auto
from typing import Annotated
from quorate import *
"""

_PAGE = (Path(__file__).parents[2] / "models" / "election.py").read_text(encoding="utf-8")
ELECTION = _PAGE[_PAGE.index("SERVERS = param") : _PAGE.index("presets = [")].replace(
    "MAX_TERM = param(2", "MAX_TERM = param(1"
)


def engine(
    body: str | Path,
    faults: Faults | None = None,
    network: Order = "unordered",
    capacity: int | None = None,
    **parameters: object,
) -> ReferenceEngine:
    """Return an engine on a protocol: its text after the usual imports, or a file."""
    model = load(HEAD + body if isinstance(body, str) else body, **parameters)
    return ReferenceEngine(model, setting_of(model, faults or Faults(), network, capacity))


def findings(
    body: str | Path,
    faults: Faults | None = None,
    network: Order = "unordered",
    capacity: int | None = None,
    **parameters: object,
) -> Findings:
    """Search a protocol to the end."""
    return engine(body, faults, network, capacity, **parameters).explore(NO_LIMITS)


def labels(sought: ReferenceEngine, state: object | None = None) -> list[str]:
    """Return the labels of a state's edges, of the first state where none is given, as people read them."""
    from quorate.explorer.traces.story import Narrator
    from quorate.language.values.state import Global

    at = state if isinstance(state, Global) else sought.initial_states()[0]
    return [Narrator(sought.system).text(edge) for edge in sought.successors(at).edges]
