"""The cell magic, with a shell that notes what is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import quorate
from tests.test_docs import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Shell:
    def __init__(self) -> None:
        self.magics: dict[tuple[str, str], Callable[[str, str], None]] = {}

    def register_magic_function(self, func: Callable[[str, str], None], magic_kind: str, magic_name: str) -> None:
        self.magics[magic_kind, magic_name] = func


def test_a_cell_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell()
    quorate.load_ipython_extension(shell)
    shell.magics["cell", "quorate"]("--preset default", EXAMPLES["language.md"][0])
    assert 'preset="default" verdict=expected exit=0' in capsys.readouterr().out


def test_an_error_in_a_cell_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell()
    quorate.load_ipython_extension(shell)
    shell.magics["cell", "quorate"]("", "from quorate import Process\n\nclass Node(Process)\n    pass\n")
    assert "cell.py:3:20" in capsys.readouterr().err
