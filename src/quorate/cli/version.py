"""`quorate version`."""

from __future__ import annotations

import platform

import click

import quorate


@click.command()
def version() -> None:
    """Print the version of Quorate and of the Python that runs it."""
    click.echo(f"quorate {quorate.__version__} (Python {platform.python_version()})")
