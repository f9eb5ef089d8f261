"""The values of options: durations, sizes, `NAME=VALUE`, fault budgets; each with an error that says what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import click

from quorate.explorer.check import SAMPLE
from quorate.language.declare import CONNECTIONS, FAULTS, Faults
from quorate.language.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}
LEAST_PATIENCE, MOST_PATIENCE = 0.001, 1e6
MOST = 1e18  # of seconds and bytes: what a 64-bit number holds
BYTES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


class Quantity(click.ParamType[float]):
    """A number with a unit. `example` shows how to write one."""

    def __init__(self, name: str, units: Mapping[str, int], example: str) -> None:
        self.name = name
        self.units = units
        self.example = example

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ARG002  (click hands it)
        if isinstance(value, int | float):
            return value
        matched = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", str(value).strip().lower())
        unit = matched.group(2).removesuffix("b" if self.units is BYTES else "-") if matched else ""
        if not matched or unit not in self.units:
            option = param.opts[0] if param else self.name
            raise UsageError(f"`{option} {value}` is no {self.name}: write for example `{option} {self.example}`")
        found = float(matched.group(1)) * self.units[unit]
        if found > MOST:
            raise UsageError(f"`{param.opts[0] if param else self.name} {value}` is too much for a {self.name}")
        return found


class Patience(click.ParamType[float]):
    """Seconds for a solver: a number that is one, neither `nan` nor without an end."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ARG002  (click hands it)
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = 0.0
        if not LEAST_PATIENCE <= seconds <= MOST_PATIENCE:
            option = param.opts[0] if param else "the time"
            raise UsageError(f"`{option} {value}` is no time for a query: give seconds from 0.001 to 1000000")
        return seconds


PATIENCE = Patience()
DURATION = Quantity("time", SECONDS, "30s")
MEMORY = Quantity("size", BYTES, "4G")


class Named(click.Choice[str]):
    """One of a few names, with a suggestion for a wrong one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002  (click hands it)
        text = str(value)
        if text in self.choices:
            return text
        option = param.opts[0] if param else "the option"
        offered = ", ".join(f"`{c}`" for c in self.choices)
        raise UsageError(f"`{option}` is one of {offered}, not `{text}`{did_you_mean(text, self.choices)}")


def assignments(texts: Iterable[str]) -> dict[str, object]:
    """Return what `--set NAME=VALUE` says, by name. Errors: UsageError."""
    found: dict[str, object] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"`--set {text}` sets nothing: write `--set NAME=VALUE`")
        if name.strip().casefold() in {known.casefold() for known in found}:
            raise UsageError(f"`--set` gives `{name.strip()}` twice")
        found[name.strip()] = value.strip()
    return found


def comparison(text: str | None) -> int | None:
    """Return what `--compare` says: so many states, by default `SAMPLE`; None is all. Errors: UsageError."""
    if text is None:
        return SAMPLE
    if text.strip() == "all":
        return None
    if not text.strip().isdecimal() or int(text) < SAMPLE:
        raise UsageError(
            f"`--compare {text}` is no number of states: {SAMPLE} always are compared; write more, or `--compare all`"
        )
    return int(text)


def budgets(text: str | None) -> Faults | None:
    """Return what `--faults crash=1,drop=any` says; `none` is no faults, None leaves them to the preset. Errors: UsageError."""
    if text is None:
        return None
    if text.strip() == "none":
        return Faults()
    found: dict[str, int | str] = {}
    known = (*FAULTS, "connections")
    for part in text.split(","):
        name, sign, budget = (piece.strip() for piece in part.partition("="))
        if name not in known:
            near = did_you_mean(name, known) or f"; there are {', '.join(f'`{f}`' for f in FAULTS)}"
            raise UsageError(f"there is no fault `{name}`{near}")
        if not sign or not budget:
            raise UsageError(f"how often may `{name}` happen? write `--faults {name}=1` or `--faults {name}=any`")
        if name in found:
            raise UsageError(f"`--faults` gives `{name}` twice")
        if name == "connections" and budget not in CONNECTIONS:
            raise UsageError(
                f"what becomes of connections is `kept` or `lost`, not `{budget}`{did_you_mean(budget, CONNECTIONS)}"
            )
        found[name] = int(budget) if budget.isdecimal() else budget
    return Faults(**cast("dict[str, Any]", found))
