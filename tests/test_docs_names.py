"""Every command, option, model, preset and parameter that README and docs/ name is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from quorate.cli import quorate
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACEHOLDERS = {"NAME", "FILE"}
OF_PYTEST = {"--accept"}


def commands() -> list[tuple[str, str]]:
    """Return each command line of the pages, with its page: lines of code, and what stands between back-ticks."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        lines = [*(line for block in blocks for line in block.splitlines()), *re.findall(r"`(quorate [^`]+)`", prose)]
        for line in lines:
            for part in line.partition("  #")[0].split(" && "):
                if re.match(r"quorate [a-z]", part.strip()):
                    found.append((page.name, part.strip()))
    return found


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that the words name, and what is left of them."""
    command: click.Command = quorate
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        context = click.Context(command)
        inner = command.get_command(context, words[0])
        assert inner is not None, f"there is no command `{words[0]}`"
        command, words = inner, words[1:]
    return command, words


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_is_there_with_its_options(page: str, line: str) -> None:
    command, words = resolved(shlex.split(line)[1:])
    context = click.Context(command, info_name=command.name)
    options, _, _ = command.make_parser(context).parse_args(words)
    name = str(options.get("name") or "")
    if name in PLACEHOLDERS or not re.fullmatch(r"[a-z_0-9]+", name):
        return
    model = load(name)
    preset = options.get("preset")
    assert preset in {None, "...", "all", *(p.name for p in model.presets)}, f"{page}: `{name}` has no preset `{preset}`"
    for setting in options.get("settings") or ():
        assert setting.partition("=")[0].casefold() in {p.name.casefold() for p in model.parameters}, (page, setting)
    for wanted in options.get("properties") or ():
        assert wanted in {p.name for p in model.properties}, (page, wanted)


def every_option(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from every_option(inner)


def test_an_option_that_is_named_is_there() -> None:
    known = {*every_option(quorate), "--help", *OF_PYTEST}
    for page in PAGES:
        prose = re.findall(r"`([^`\n]*--[a-z][^`\n]*)`", page.read_text(encoding="utf-8"))
        named = {option for code in prose for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)}
        assert named <= known, (page.name, named - known)


def test_there_are_commands() -> None:
    assert {page for page, _ in commands()} >= {"README.md", "explore.md", "see.md", "quorums.md", "proofs.md"}
