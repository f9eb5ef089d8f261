"""`quorate check`: the exhaustive search, its verdicts, and the story of each violation."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack, cast

import click

from quorate.cli import output
from quorate.cli.formats import FORMATS, TEXT
from quorate.cli.options import Chosen, configuration, request
from quorate.cli.streams import emit, remark
from quorate.cli.values import DURATION, MEMORY, Named, comparison
from quorate.explorer.check import SLOWER, Request, first_loaded
from quorate.explorer.check import check as search
from quorate.explorer.contract.engine import Limits
from quorate.explorer.contract.verdict import Result, Verdict, worst
from quorate.language.errors import UsageError
from quorate.report.documents.document import document, documents, text
from quorate.report.progress import observing
from quorate.report.spaces.coverage import account as lines_of
from quorate.report.terminal.verdicts import summary, table, verdicts

if TYPE_CHECKING:
    from quorate.cli.output import Output
    from quorate.explorer.check import EngineName, StoreName
    from quorate.explorer.contract.trace import Trace

ENGINES, STORES = ("auto", "native", "reference"), ("exact", "compact")
LONG = 60.0  # seconds, after which a quiet run, too, says at its end why it was slow
EVERY = "all"  # as `--preset`: each preset in turn


class Asked(Chosen):
    """All options of `check`."""

    fairness: str | None
    first: bool
    threads: int
    engine: str
    store: str
    accept_odds: bool
    witnesses: bool
    coverage: bool
    coverage_html: str | None
    compare: str | None
    max_states: int | None
    max_depth: int | None
    time: float | None
    memory: float | None
    as_json: bool
    save: str | None
    html: str | None
    shape: str
    debug: bool
    quiet: bool


@click.command()
@configuration
@click.option("--fairness", metavar="LIST", help="What runs are assumed to do: `weak Server.retry, strong links`, or `none`.")
@click.option("--first", is_flag=True, help="Stop after the level of the first violation.")
@click.option("--witnesses", is_flag=True, help="Show a shortest trace of each `sometimes` property, too.")
@click.option("--coverage", is_flag=True, help="Show which lines of the steps ran, and which conditions went one way only.")
@click.option("--coverage-html", metavar="FILE", help="The same as a page for a browser.")
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N", help="Of the native engine.")
@click.option("--engine", type=Named(ENGINES), default="auto", show_default=True, help="What searches.")
@click.option("--store", type=Named(STORES), default="exact", show_default=True, help="States whole, or fingerprints.")
@click.option("--accept-odds", is_flag=True, help="Count `probable`, of the compact store, as decided.")
@click.option("--compare", metavar="N", help="Compare the engines in N states of the search, or `all`.")
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop after so many states.")
@click.option("--max-depth", type=click.IntRange(min=0), metavar="N", help="Stop at this depth.")
@click.option("--time", type=DURATION, metavar="TIME", help="Stop after this time: `30s`, `5m`.")
@click.option("--memory", type=MEMORY, metavar="SIZE", help="Stop at this much memory: `4G`.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (docs/result.schema.json).")
@click.option("--save", metavar="FILE", help="Save the traces as JSON.")
@click.option("--html", metavar="FILE", help="Draw the traces as a page for a browser.")
@click.option("--format", "shape", type=Named(FORMATS), default=TEXT, show_default=True, help="How traces are printed.")
@click.option("--debug", is_flag=True, help="Step through the first trace under pdb (with `--engine reference`).")
@click.option("--quiet", "-q", is_flag=True, help="Print one line only, and no progress.")
def check(**options: Unpack[Asked]) -> int:
    """Search every state of the protocol NAME, a shipped model or a path, and answer each of its properties.

    Without --preset the preset named `default` is checked.
    """
    if options["as_json"] and options["shape"] != TEXT:
        raise UsageError("`--json` and `--format` both want stdout: give one of them")
    if options["debug"] and options["engine"] == "native":
        raise UsageError("`--debug` runs your own functions: leave out `--engine native`")
    people = output.output(aside=options["as_json"] or options["shape"] != TEXT)
    requests = _requests(options)
    results = [_run(one, people, options, number) for number, one in enumerate(requests)]
    return _conclude(results, people, options, several=options["preset"] == EVERY)


def _requests(options: Asked) -> list[Request]:
    """Return what to check: one request, or for `--preset all` one for each preset."""
    whole = replace(
        request(options),
        engine=cast("EngineName", "reference" if options["debug"] else options["engine"]),
        fairness=options["fairness"],
        threads=options["threads"],
        store=cast("StoreName", options["store"]),
        accept_odds=options["accept_odds"],
        witnesses=options["witnesses"],
        coverage=options["coverage"] or options["coverage_html"] is not None,
        compare=comparison(options["compare"]),
        limits=_limits(options),
    )
    if options["preset"] != EVERY:
        return [whole]
    names = [preset.name for preset in first_loaded(options["name"], whole.parameters).presets]
    if not names:
        raise UsageError(f"`{options['name']}` has no presets: leave out `--preset all`")
    return [replace(whole, preset=name) for name in names]


def _limits(options: Asked) -> Limits:
    memory = options["memory"]
    return Limits(
        states=options["max_states"],
        depth=options["max_depth"],
        seconds=options["time"],
        memory=None if memory is None else int(memory),
        first=options["first"],
    )


def _run(one: Request, people: Output, options: Asked, number: int) -> Result:
    """Search, and at once say what was found: of several presets each has its verdicts and traces under its name."""
    with observing(sys.stderr, quiet=options["quiet"]) as observer:
        result = search(one, observer)
    if not options["quiet"]:
        people.say([*([()] if number else []), *verdicts(result, people.screen)])
        if options["shape"] == TEXT:
            output.show(told(result, surprising=options["preset"] == EVERY), TEXT, people)
        people.stream.flush()
    elif result.exploration.seconds > LONG:
        for note in result.notes:
            if note.startswith(SLOWER):
                remark(note)
    return result


def _conclude(results: list[Result], people: Output, options: Asked, *, several: bool) -> int:
    """Print what follows the verdicts and traces: table, document, summary; return the exit code."""
    by_result = [(result, trace) for result in results for trace in told(result, surprising=several)]
    traces = [trace for _, trace in by_result]
    presets = [result.setup.preset or "" for result, _ in by_result] if several else []
    if options["shape"] != TEXT:
        output.show(traces, options["shape"], people)
    _cover(results, people, options)
    if options["save"]:
        output.save(traces, options["save"], presets)
    if options["html"]:
        output.save_pages(traces, options["html"], presets=presets)
    code = worst(result.exit_code for result in results)
    if several and not options["quiet"]:
        people.say([(), *table(results, people.screen)])
    if options["as_json"]:
        emit(text(documents(results, code) if several else document(results[0])))
    people.write("\n".join(["", *map(summary, results)] if not options["quiet"] else map(summary, results)))
    if options["debug"]:
        _debug(traces)
    return code


def told(result: Result, *, surprising: bool) -> list[Trace]:
    """Return the traces to show: of violations and witnesses (only the surprising ones, if so), else of what is stuck."""
    answers = [a for a in result.answers if a.trace and not (surprising and a.as_expected)]
    found = sorted(answers, key=lambda a: a.verdict is not Verdict.VIOLATED)
    traces = [a.trace for a in found if a.trace]
    traces += [result.error_trace] if result.error_trace else []
    return traces or ([result.stuck_trace] if result.stuck_trace and not surprising else [])


def _cover(results: list[Result], people: Output, options: Asked) -> None:
    """Print and save what each search ran of the model, where that was asked for."""
    for result in results:
        if result.coverage is None:
            continue
        if options["coverage"] and not options["quiet"]:
            people.say([(), *lines_of(result.coverage, people.screen)])
        if options["coverage_html"]:
            name = result.setup.preset if len(results) > 1 else None
            output.save_coverage(result, result.coverage, options["coverage_html"], name)


def _debug(traces: list[Trace]) -> None:
    if not traces:
        raise UsageError("there is no trace to debug: nothing is violated, and `--witnesses` was not given")
    from quorate.explorer.traces.replay import debug  # noqa: PLC0415  (starts pdb)

    debug(traces[0])
