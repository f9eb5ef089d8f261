"""What guarantees of a history cost: states and time, as factors of the same search without one, in one run.

    python -m benchmarks.guarantees         # prints a table

Each is asked of a register that clients read and write; first all of a small space, then as far as a limit of a larger one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits

MODEL = str(Path(__file__).resolve().parent / "register.py")
MOST = 3_000_000  # states of the larger space


def row(guarantee: str, parameters: dict[str, object], most: int | None) -> tuple[int, float]:
    """Return the states of a search and its states a second, the best of three; "" asks for no guarantee."""
    asked = (f"history.{guarantee}",) if guarantee else ()
    request = Request(model=MODEL, parameters=parameters, properties=asked, engine="native", limits=Limits(states=most))
    found = [check(request).exploration for _ in range(3)]
    return found[0].states, max(f.states / f.seconds for f in found)


def table(guarantees: list[str], parameters: dict[str, object], most: int | None) -> None:
    states, speed = row("", parameters, most)
    sys.stdout.write(f"{parameters}: {states:,} states, {speed:,.0f} a second without a guarantee\n")
    for guarantee in guarantees:
        more, slower = row(guarantee, parameters, most)
        factors = f"{more / states:6.2f} times the states, {slower / speed:5.2f} of the states a second"
        sys.stdout.write(f"  {guarantee:20} {factors}\n")


def main() -> None:
    table(["linearizable"], {"CLIENTS": 2, "OPS": 2}, None)
    table(["linearizable"], {"CLIENTS": 3, "OPS": 2}, MOST)


main()
