"""`quorate version`, and `quorate --version`."""

from __future__ import annotations

import platform

import click

import quorate
from quorate.cli.streams import say


def text() -> str:
    """Return the version of Quorate and of the Python that runs it."""
    return f"quorate {quorate.__version__} (Python {platform.python_version()})"


@click.command()
def version() -> None:
    """Print the version of Quorate and of the Python that runs it."""
    say(text())
