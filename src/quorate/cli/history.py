"""`quorate history`: what a real system's clients recorded, held against a guarantee.

What reads and judges is imported when a recording is given: `--help` does without it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from quorate.cli.streams import say
from quorate.cli.values import DURATION, MEMORY
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from quorate.properties.histories.judge import Judgement
    from quorate.properties.histories.objects.sequential import Sequential

WORST = (1, 3)  # of several recordings the first of these exit codes counts


class Asked(TypedDict):
    """All options of `history`."""

    files: tuple[str, ...]
    target: str | None
    guarantee: str
    initial: str | None
    keyed: bool
    chosen: str | None
    timeout: float | None
    memory: float | None
    quiet: bool


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--object", "target", metavar="NAME", help="What the clients called: register, cas-register, key-value ...")
@click.option("--guarantee", default="linearizable", show_default=True, metavar="NAME", help="What is to hold.")
@click.option("--initial", metavar="VALUE", help="What the object holds at first, as EDN: 0, nil, [1 2].")
@click.option("--keyed", is_flag=True, help="Values are [key value], as Jepsen's `independent` writes them.")
@click.option("--format", "chosen", metavar="NAME", help="Insist on a format: edn, log, json, sketch.")
@click.option("--timeout", type=DURATION, metavar="TIME", help="Give up after this time: `30s`, `5m`.")
@click.option("--memory", type=MEMORY, metavar="SIZE", help="Give up at this much memory: `4G`.")
@click.option("--quiet", "-q", is_flag=True, help="Print one line for each recording only.")
def history(**options: Unpack[Asked]) -> int:
    """Judge what clients recorded of a real system: is what they saw what the object allows?

    \b
    quorate history register.edn --object cas-register
    quorate history etcd.log --object cas-register --guarantee sequential
    """  # noqa: D301 - click wants the character
    target = _target(options)
    found = [_judged(file, target, options) for file in options["files"]]
    for number, one in enumerate(found):
        _tell(one, quiet=options["quiet"], first=number == 0)
    return next((code for code in WORST if code in {one.verdict.exit_code for one in found}), 0)


def _target(options: Asked) -> Sequential:
    from quorate.properties.histories.formats.edn import value_of  # noqa: PLC0415 - see the module's docstring
    from quorate.properties.histories.objects.catalogue import OBJECTS, object_named  # noqa: PLC0415
    from quorate.properties.histories.record.values import Unfit  # noqa: PLC0415

    if not options["files"]:
        raise UsageError("which recording? `quorate history FILE --object NAME`")
    if options["target"] is None:
        raise UsageError(f"what did the clients call? give `--object`: {', '.join(OBJECTS)}")
    target = object_named(options["target"])
    if options["initial"] is None:
        return target
    try:
        return target.starting(value_of(options["initial"], "--initial"))
    except Unfit as wrong:
        raise UsageError(f"`--initial {options['initial']}`: {wrong.what}\n  {wrong.remedy}") from None


def _judged(file: str, target: Sequential, options: Asked) -> Judgement:
    from quorate.properties.histories.catalogue import guarantee_named  # noqa: PLC0415
    from quorate.properties.histories.formats.reading import format_named  # noqa: PLC0415
    from quorate.properties.histories.judge import judge, read  # noqa: PLC0415
    from quorate.properties.histories.search.limits import Limits  # noqa: PLC0415

    guarantee = guarantee_named(options["guarantee"])
    recorded = read(file, target, format_named(options["chosen"]), keyed=options["keyed"])
    return judge(recorded, target, guarantee, Limits(options["timeout"], options["memory"]))


def _tell(found: Judgement, *, quiet: bool, first: bool) -> None:
    from quorate.report.histories.text import judgement, summary  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    if not quiet:
        screen = screen_of(sys.stdout)
        say(screen.render([*(() if first else [()]), *judgement(found, screen), ()]))
    say(summary(found))
