"""Completion in a shell: the script that switches it on, and what completes a model's, preset's or property's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from quorate.cli.streams import say
from quorate.language.declare import FAULTS
from quorate.language.errors import QuorateError
from quorate.language.loading.load import load, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.language.loading.model import Model

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL: put `eval "$(quorate completion bash)"` in your shell's start-up file."""
    completer = get_completion_class(shell)
    assert completer is not None, shell
    say(quoting(completer(click.Group("quorate"), {}, "quorate", "_QUORATE_COMPLETE").source()))


def quoting(script: str) -> str:
    """Return bash's script with what it puts on the line quoted: a preset's name has blanks. Other shells quote by themselves.

    Inside a quotation that was begun nothing is added: bash ends it.
    """
    begun = """[[ "${COMP_WORDS[COMP_CWORD]}" == [\\"\\']* ]]"""
    quoted = """COMPREPLY+=("$(printf %q "$value")")"""
    return script.replace("COMPREPLY+=($value)", f'if {begun}; then COMPREPLY+=("$value"); else {quoted}; fi')


def models(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a shipped model, or else a file."""
    named = _matching(shipped(), incomplete)
    return named or [CompletionItem(incomplete, type="file")]


def presets(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a preset of the model already typed."""
    model = _model(context)
    return _matching([*(p.name for p in model.presets), "all"] if model else [], incomplete)


def properties(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a property of the model already typed."""
    model = _model(context)
    return _matching([p.name for p in model.properties] if model else [], incomplete)


def parameters(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete `NAME=` of a parameter of the model already typed."""
    model = _model(context)
    return _matching([f"{p.name}=" for p in model.parameters] if model else [], incomplete)


def faults(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last fault of a list such as `crash=1,dr`."""
    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{i.value}") for i in _matching([f"{name}=" for name in FAULTS], last)]


def _model(context: click.Context) -> Model | None:
    """Return the model on the command line; nothing is offered for one that cannot be loaded.

    Behind an option that still wants its value click leaves the model's name among what is not parsed yet.
    """
    name: object = context.params.get("name") or next(iter(context.args), None)
    try:
        return load(name) if isinstance(name, str) else None
    except QuorateError:
        return None


def _matching(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.casefold().startswith(incomplete.casefold())]
