"""Runs many commands in one interpreter, and prints all that they print and save, as one JSON document.

`python -m tests.cli.printing ENGINE THREADS every|small`, in an empty folder. Read next: `test_same_twice.py`.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.cli import main
from quorate.language.loading.load import load, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

PROTOCOLS = Path(__file__).parents[1] / "oracle" / "protocols"
SMALL = (  # which are searched to the end, in both engines
    ("two_phase_commit", "blocking"),
    ("two_phase_commit", "tla"),
    (str(PROTOCOLS / "hash_order.py"), "default"),
    (str(PROTOCOLS / "sets_in_records.py"), "default"),
    (str(PROTOCOLS / "lossy_queue.py"), "default"),
)
WALKS = ("--walks", "20", "--depth", "15", "--seed", "5")


def ran(*arguments: str) -> str:
    """Return the exit code of a command, and what it prints on both streams."""
    out, error = StringIO(), StringIO()
    code: object = 0
    with redirect_stdout(out), redirect_stderr(error):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
    return f"exit {code}\n{out.getvalue()}\n{error.getvalue()}"


def whole(model: str, preset: str, engine: str, threads: str) -> Iterator[tuple[str, str]]:
    """Yield what each command prints and saves of one preset that is searched to the end."""
    which = (model, "--preset", preset)
    by = ("--engine", engine)
    searched = (*by, "--threads", threads)
    yield "check", ran("check", *which, *searched, "--witnesses", "--coverage", "--save", "trace.json", "--html", "page.html")
    for path in sorted(Path.cwd().iterdir()):
        yield path.name, path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            yield f"explain {path.name}", ran("explain", path.name)
            yield f"trace {path.name}", ran("trace", path.name)
        path.unlink()
    yield "check --json", ran("check", *which, *searched, "--json")
    yield "simulate", ran("simulate", *which, *by, *WALKS)
    yield "simulate --json", ran("simulate", *which, *by, *WALKS, "--json", "--no-shrink")
    yield "profile", ran("profile", *which, *by, "--max-states", "100", "--no-tries")


def drawn(model: str, preset: str) -> Iterator[tuple[str, str]]:
    """Yield what does not depend on an engine."""
    for form in ("dot", "graphml", "svg"):
        yield f"graph {form}", ran("graph", model, "--preset", preset, "--max-depth", "2", "--format", form)
    yield "graph --project", ran("graph", model, "--preset", preset, "--max-depth", "3", "--project", "flight")
    for option in ("--types", "--json"):
        yield f"show {option}", ran("show", model, "--preset", preset, option)


def begun(model: str, preset: str) -> Iterator[tuple[str, str]]:
    """Yield what there is to see of the beginning of any preset, however large."""
    which = (model, "--preset", preset)
    yield "check", ran("check", *which, "--max-depth", "2", "--engine", "reference", "--coverage")
    yield "simulate", ran("simulate", *which, "--walks", "2", "--depth", "8", "--engine", "reference")


def everything(engine: str, threads: str, *, every: bool) -> dict[str, str]:
    """Return what is printed and saved, by what was done."""
    found: dict[str, str] = {}
    for model, preset in () if every else SMALL:
        found |= {f"{model}, {preset}: {what}": text for what, text in whole(model, preset, engine, threads)}
        found |= {f"{model}, {preset}: {what}": text for what, text in drawn(model, preset)}
    for name in shipped() if every else ():
        for declared in load(name).presets:
            found |= {f"{name}, {declared.name}: begun {what}": text for what, text in begun(name, declared.name)}
    return found


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        json.dump(everything(sys.argv[1], sys.argv[2], every=sys.argv[3] == "every"), sys.stdout)
