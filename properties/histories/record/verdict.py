"""The words of an answer about a history, and the exit code of each."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """The one answer about one history."""

    HOLDS = "holds"
    VIOLATED = "violated"  # with the operations that contradict each other
    VACUOUS = "vacuous"  # nothing in the history could have broken it
    UNKNOWN = "unknown"  # a limit was reached, or what the guarantee needs is not there: nothing is claimed

    @property
    def exit_code(self) -> int:
        return {Verdict.HOLDS: 0, Verdict.VIOLATED: 1}.get(self, 3)
