"""Quorate in a notebook: `%load_ext quorate`, then a cell that begins with `%%quorate` is a model, and running it checks it."""

from __future__ import annotations

import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Shell(Protocol):
    """What is needed of IPython's shell."""

    def register_magic_function(self, func: Callable[[str, str], None], magic_kind: str, magic_name: str) -> None: ...


def register(shell: Shell) -> None:
    """Add the cell magic `%%quorate`; what follows on its line are options of `quorate check`."""
    shell.register_magic_function(check_cell, "cell", "quorate")


def check_cell(line: str, cell: str) -> None:
    """Check the model that the cell holds. Its answers and errors are printed, as on the command line."""
    from quorate.cli import run  # noqa: PLC0415  (importing quorate must not start the command line)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "cell.py"
        path.write_text(cell, encoding="utf-8")
        run(["check", str(path), *shlex.split(line)])
