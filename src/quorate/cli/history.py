"""`quorate history`: what a real system's clients recorded, held against a guarantee.

What reads and judges is imported when a recording is given: `--help` does without it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from quorate.cli.streams import emit, remark, say
from quorate.cli.values import DURATION, MEMORY
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.guarantees.guarantee import Guarantee
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
    versions: int | None
    as_json: bool
    svg: str | None
    html: str | None
    list_all: bool
    quiet: bool


@click.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="FILE...")
@click.option("--object", "target", metavar="NAME", help="What the clients called: register, cas-register, key-value ...")
@click.option("--guarantee", default="linearizable", show_default=True, metavar="NAME", help="What is to hold.")
@click.option(
    "--versions", type=click.IntRange(min=1), metavar="K", help="Of `bounded-staleness`: among how many. [default: 2]"
)
@click.option("--initial", metavar="VALUE", help="What the object holds at first, as EDN: 0, nil, [1 2].")
@click.option("--keyed", is_flag=True, help="Values are [key value], as Jepsen's `independent` writes them.")
@click.option("--format", "chosen", metavar="NAME", help="Insist on a format: edn, log, json, sketch.")
@click.option("--timeout", type=DURATION, metavar="TIME", help="Give up after this time: `30s`, `5m`.")
@click.option("--memory", type=MEMORY, metavar="SIZE", help="Give up at this much memory: `4G`.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (docs/judgement.schema.json).")
@click.option("--svg", metavar="FILE", help="Draw the operations that contradict each other.")
@click.option("--html", metavar="FILE", help="The same as a page for a browser.")
@click.option("--list", "list_all", is_flag=True, help="Show the objects and the guarantees.")
@click.option("--quiet", "-q", is_flag=True, help="Print one line for each recording only.")
def history(**options: Unpack[Asked]) -> int:
    """Judge what clients recorded of a real system: is what they saw what the object allows?

    \b
    quorate history register.edn --object cas-register
    quorate history etcd.log --object cas-register --guarantee sequential
    """  # noqa: D301 - click wants the character
    if options["list_all"]:
        _list()
        return 0
    target, guarantee = _target(options), _guarantee(options)
    found = [_judged(file, target, guarantee, options) for file in options["files"]]
    code = next((code for code in WORST if code in {one.verdict.exit_code for one in found}), 0)
    _draw(found, options)
    if options["as_json"]:
        _tell_programs(found, code)
    else:
        _tell_people(found, quiet=options["quiet"])
    return code


def _target(options: Asked) -> Sequential:
    from quorate.properties.histories.formats.edn import value_of  # noqa: PLC0415 - see the module's docstring
    from quorate.properties.histories.objects.catalogue import OBJECTS, object_named  # noqa: PLC0415
    from quorate.properties.histories.record.values import Unfit  # noqa: PLC0415

    if not options["files"]:
        raise UsageError("which recording? `quorate history FILE --object NAME`; `--list` shows the objects and guarantees")
    if options["target"] is None:
        raise UsageError(f"what did the clients call? give `--object`: {', '.join(OBJECTS)}")
    target = object_named(options["target"])
    if options["initial"] is None:
        return target
    try:
        return target.starting(value_of(options["initial"], "--initial"))
    except Unfit as wrong:
        raise UsageError(f"`--initial {options['initial']}`: {wrong.what}\n  {wrong.remedy}") from None


def _guarantee(options: Asked) -> Guarantee:
    from quorate.properties.histories.catalogue import guarantee_named  # noqa: PLC0415

    return guarantee_named(options["guarantee"], options["versions"])


def _judged(file: str, target: Sequential, guarantee: Guarantee, options: Asked) -> Judgement:
    from quorate.properties.histories.formats.reading import format_named  # noqa: PLC0415
    from quorate.properties.histories.judge import judge, read  # noqa: PLC0415
    from quorate.properties.histories.search.limits import Limits  # noqa: PLC0415

    recorded = read(file, target, format_named(options["chosen"]), keyed=options["keyed"])
    return judge(recorded, target, guarantee, Limits(options["timeout"], options["memory"]))


def _tell_people(found: Sequence[Judgement], *, quiet: bool) -> None:
    from quorate.report.histories.text import judgement, summary  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    screen = screen_of(sys.stdout)
    for one in [] if quiet else found:
        say(screen.render([*judgement(one, screen), ()]))
    for one in found:
        say(summary(one))


def _tell_programs(found: Sequence[Judgement], code: int) -> None:
    from quorate.report.documents.document import text  # noqa: PLC0415
    from quorate.report.histories.document import document  # noqa: PLC0415

    emit(text(document(found, code)))


def _list() -> None:
    from quorate.properties.histories.catalogue import GUARANTEES  # noqa: PLC0415
    from quorate.properties.histories.objects.catalogue import OBJECTS  # noqa: PLC0415
    from quorate.report.histories.catalogue import catalogue  # noqa: PLC0415
    from quorate.report.screen import screen_of  # noqa: PLC0415

    screen = screen_of(sys.stdout)
    say(screen.render(catalogue(OBJECTS.values(), GUARANTEES.values(), screen)))


def _draw(found: Sequence[Judgement], options: Asked) -> None:
    """Write the pictures that are asked for: of several violated recordings each to a file of its own."""
    broken = [one for one in found if one.why is not None]
    for file, name in ((options["svg"], "picture"), (options["html"], "page")):
        if file is not None and not broken:
            remark(f"nothing is violated: `{file}` is not written")
        for number, one in enumerate(broken if file else [], 1):
            path = Path(str(file))
            path = path if len(broken) == 1 else path.with_name(f"{path.stem}.{number}{path.suffix}")
            try:
                path.write_text(_drawn(one, name), encoding="utf-8")
            except OSError as error:
                raise UsageError(f"the {name} cannot be saved to `{path}`: {error.strerror}") from None
            remark(f"what contradicts itself in {one.history.file} is drawn in {path}")


def _drawn(one: Judgement, name: str) -> str:
    if name == "page":
        from quorate.report.histories.page import page  # noqa: PLC0415

        return page(one)
    from quorate.report.histories.picture import svg  # noqa: PLC0415

    return svg(one)
