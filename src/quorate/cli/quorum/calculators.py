"""`quorate quorum committed` and `vote`: what a majority or joint configuration has decided, as in etcd's Raft."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypeVar

import click

from quorate.cli.streams import emit, say
from quorate.language.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quorate.properties.quorum.clusters.configurations import Joint
    from quorate.report.screen import Line

T = TypeVar("T", int, bool)
LARGEST = (1 << 64) - 1  # of an index: etcd's are 64 bits wide
WORDS = {"y": True, "yes": True, "n": False, "no": False}
CONFIG = click.option("--config", required=True, help="The members: 1,2,3. Empty, it leaves the other half alone.")
JOINT = click.option("--joint", default="", help="The members of the other half, while both have to decide: 2,3,4.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command()
@CONFIG
@JOINT
@click.option("--index", default="", help="What members have acknowledged: 1=100,2=101. Who is left out: nothing yet, index 0.")
@AS_JSON
def committed(config: str, joint: str, index: str, as_json: bool) -> None:
    """Say which log index is committed, as etcd's Raft does.

    \b
    quorate quorum committed --config 1,2,3 --index 1=100,2=101,3=99
    quorate quorum committed --config 1,2,3 --joint 2,3,4 --index 1=100,2=101
    """  # noqa: D301 - click wants the character
    configuration = _configuration(config, joint)
    said = _said(index, "--index", "1=100,2=101", _index, configuration)
    halves = [half.committed(said) for half in (configuration.incoming, configuration.outgoing)]
    found = configuration.committed(said)
    if as_json:
        numbers = [None if i == float("inf") else int(i) for i in (*halves, found)]
        _print_json(
            "committed", configuration, acknowledged=said, of_config=numbers[0], of_joint=numbers[1], committed=numbers[2]
        )
    else:
        shown = {m: str(i) for m, i in said.items()}
        _print(_told(configuration, shown, "0", [_shown(i) for i in halves], f"committed: {_shown(found)}"))


@click.command()
@CONFIG
@JOINT
@click.option("--votes", default="", help="How members voted: 1=y,2=n. Who is left out has not voted yet.")
@AS_JSON
def vote(config: str, joint: str, votes: str, as_json: bool) -> None:
    """Say how an election stands, as etcd's Raft does: won, lost or pending.

    \b
    quorate quorum vote --config 1,2,3 --votes 1=y,2=n
    quorate quorum vote --config 1,2,3 --joint 2,3,4 --votes 2=y,3=y
    """  # noqa: D301 - click wants the character
    configuration = _configuration(config, joint)
    said = _said(votes, "--votes", "1=y,2=n", _ballot, configuration)
    halves = [half.election(said).value for half in (configuration.incoming, configuration.outgoing)]
    found = configuration.election(said).value
    if as_json:
        _print_json("vote", configuration, votes=said, of_config=halves[0], of_joint=halves[1], election=found)
    else:
        shown = {m: "yes" if aye else "no" for m, aye in said.items()}
        _print(_told(configuration, shown, "", halves, f"the election is {found}"))


def _configuration(config: str, joint: str) -> Joint:
    from quorate.properties.quorum.clusters.configurations import configuration  # noqa: PLC0415

    return configuration(_members(config, "--config"), _members(joint, "--joint"))


def _members(text: str, option: str) -> list[str]:
    found = [name.strip() for name in text.split(",")] if text.strip() else []
    for name in found:
        if not name or "=" in name or not name.isprintable():
            raise UsageError(f"`{option} {text}`: `{name}` is no name of a member: write {option} 1,2,3")
        if found.count(name) > 1:
            raise UsageError(f"`{option}` names `{name}` twice: give it once")
    return found


def _said(text: str, option: str, example: str, read: Callable[[str], T | None], configuration: Joint) -> dict[str, T]:
    """Return what is said of members. Errors: UsageError, for one that is no member, too: it would count for nothing."""
    found: dict[str, T] = {}
    for item in text.split(",") if text.strip() else ():
        name, equals, value = (part.strip() for part in item.partition("="))
        meant = read(value) if name and equals else None
        if meant is None:
            raise UsageError(f"`{option}`: `{item}` cannot be read: write {option} {example}")
        if name not in configuration.members:
            known = sorted(configuration.members)
            remedy = f"the members are {', '.join(known)}" if known else "the configuration is empty"
            raise UsageError(f"`{option}`: `{name}` is no member{did_you_mean(name, known)}: {remedy}")
        if name in found:
            raise UsageError(f"`{option}` speaks of `{name}` twice: once is enough")
        found[name] = meant
    return found


def _index(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 and int(text) <= LARGEST else None


def _ballot(text: str) -> bool | None:
    return WORDS.get(text.lower())


def _shown(index: float) -> str:
    return "everything, as the configuration is empty" if index == float("inf") else str(int(index))


def _told(configuration: Joint, said: Mapping[str, str], silent: str, halves: list[str], answer: str) -> Iterator[Line]:
    """Yield what each member said, each half's own answer where there are two, and the answer."""
    from quorate.properties.quorum.theorems.assessment import natural  # noqa: PLC0415
    from quorate.report.screen import Role, Span, line  # noqa: PLC0415

    rows = [(m, said.get(m, silent or "not yet")) for m in sorted(configuration.members, key=natural)]
    width = max((len(m) for m, _ in rows), default=0)
    parts = [(half, which) for half, which in ((configuration.incoming, "config"), (configuration.outgoing, "joint"))]
    for member, text in rows:
        places = ", ".join(which for half, which in parts if member in half.members)
        yield line(f"  {member:<{width}}  {text:<8}", Span(places if configuration.outgoing.members else "", Role.DIM))
    if configuration.outgoing.members:
        for (half, which), found in zip(parts, halves, strict=True):
            yield line(
                f"  {which}: {found} ({half.needed} of {len(half.members)} decide)" if half.members else f"  {which}: empty"
            )
    yield line(Span(answer, Role.STRONG))


def _print(lines: Iterable[Line]) -> None:
    from quorate.report.screen import screen_of  # noqa: PLC0415 - loads what only a terminal needs

    say(screen_of(sys.stdout).render(lines))


def _print_json(kind: str, configuration: Joint, **found: object) -> None:
    from quorate.properties.quorum.theorems.assessment import natural  # noqa: PLC0415

    sides = {"config": configuration.incoming, "joint": configuration.outgoing}
    members = {which: sorted(half.members, key=natural) for which, half in sides.items()}
    emit(json.dumps({"format": f"quorate-quorum-{kind}", "version": 1, **members, **found}, indent=2, ensure_ascii=False))
