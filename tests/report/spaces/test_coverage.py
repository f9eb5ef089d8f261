"""What ran, line by line: in the terminal and on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.coverage import Coverage, Decided, Ran
from quorate.report.screen import Screen
from quorate.report.spaces.coverage import account, annotated
from quorate.report.spaces.coverage_page import page
from tests.report.stories import HOLDS

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = '''class Server:
    @action
    def grow(self) -> None:
        """Grow."""
        require(self.n < 2)
        if self.name == "<script>alert(1)</script>":
            self.n = 0
        self.n += 1

    @receive
    def on_ping(self, m: Ping) -> None:
        for i in range(m.n):
            self.n = 0
        if m.n == 0: return

def idle() -> None:
    pass
'''
COVERAGE = Coverage(
    (
        Ran("grow", "m.py", 5, 5, 1200),
        Ran("grow", "m.py", 6, 6, 800),
        Ran("grow", "m.py", 7, 7, 0),
        Ran("grow", "m.py", 8, 8, 800),
        Ran("on_ping", "m.py", 12, 12, 7),
        Ran("on_ping", "m.py", 13, 13, 21),
        Ran("on_ping", "m.py", 14, 14, 7),
        Ran("on_ping", "m.py", 14, 14, 3),
    ),
    (
        Decided("require", "require(self.n < 2)", "grow", "m.py", 5, 1200, 800, 400),
        Decided("if", "self.name == '<script>alert(1)</script>'", "grow", "m.py", 6, 800, 0, 800),
        Decided("for", "range(m.n)", "on_ping", "m.py", 12, 7, 21, 0),
        Decided("if", "m.n == 0", "on_ping", "m.py", 14, 7, 3, 4),
    ),
    ("Server.on_pong",),
    ("Pong",),
    {"m.py": SOURCE},
    None,
)


def told(coverage: Coverage) -> str:
    return Screen().render(account(coverage, Screen())) + "\n"


def test_in_the_terminal(golden: Callable[[str, str], None]) -> None:
    golden("coverage.txt", told(COVERAGE))


def test_a_stopped_search_is_said() -> None:
    assert "the search was stopped (time): more may be reached" in told(replace(COVERAGE, cut="time"))
    assert "stopped" not in told(COVERAGE)


def test_only_marked_functions_are_shown() -> None:
    assert [(f.name, f.complete) for f in annotated(COVERAGE)] == [("grow", False), ("on_ping", True)]


def test_the_page_escapes_what_the_model_says() -> None:
    text = page(HOLDS, COVERAGE)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count('<tr class="never">') == 1
    assert "http" not in text
