"""Claims as a person would write them: `W + R > N`, not `W + R - N - 1 >= 0`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic.linear import All, Congruent, Linear, Row, Some
from quorate.properties.quorum.arithmetic.regions import total
from quorate.properties.quorum.arithmetic.sets import (
    EVERYONE,
    NODES,
    Denied,
    Floor,
    Formula,
    Joined,
    Measure,
    NotNegative,
    Number,
    Term,
    Unknown,
    sum_text,
    times_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

LETTERS = {NODES: "N", "votes": "V", "stake": "S"}  # the letter of the whole cluster in each unit


def unknown_text(unknown: Unknown) -> str:
    """Return `N` for the size of the cluster, `|read & write|` for that of a set, and numbers by name."""
    match unknown:
        case Measure(of, unit) if of == EVERYONE:
            return LETTERS.get(unit, f"{unit}(everyone)")
        case Measure(of, unit):
            inside = str(of)[1:-1] if str(of).startswith("(") else str(of)
            return f"|{inside}|" if unit == NODES else f"{unit}({inside})"
        case Floor(term, divisor):
            inside = sum_text([(unknown_text(u), c) for u, c in term.parts], term.constant)
            return f"{inside} // {divisor}" if len(term.parts) == 1 and not term.constant else f"({inside}) // {divisor}"
        case Number(name):
            return name


def _name_text(name: str) -> str:
    return next((letter for unit, letter in LETTERS.items() if name == total(unit)), name)


def comparison(parts: Iterable[tuple[str, int | Fraction]], constant: int | Fraction, *, strict: bool) -> str:
    """Return `sum + constant >= 0` (or `> 0`) with everything positive on the side where it is."""
    ordered = list(parts)
    left = [times_text(c, n) for n, c in ordered if c > 0] + ([str(constant)] if constant > 0 else [])
    right = [times_text(-c, n) for n, c in ordered if c < 0] + ([str(-constant)] if constant < 0 else [])
    if any(c > 0 for _, c in ordered):
        return f"{' + '.join(left)} {'>' if strict else '>='} {' + '.join(right) or '0'}"
    return f"{' + '.join(right) or '0'} {'<' if strict else '<='} {' + '.join(left) or '0'}"


def formula_text(formula: Formula) -> str:
    """Return the claim as it might have been typed."""
    match formula:
        case NotNegative(term):
            return comparison([(unknown_text(u), c) for u, c in term.parts], term.constant, strict=False)
        case Denied(NotNegative(term)):
            return comparison([(unknown_text(u), -c) for u, c in term.parts], -term.constant, strict=True)
        case Denied(inner):
            return f"not ({formula_text(inner)})"
        case Joined("and", (NotNegative(left), NotNegative(right))) if not left.plus(right).parts and (
            left.constant == -right.constant
        ):
            return formula_text(formula.parts[0]).replace(">=", "=", 1)
        case Joined("and", (NotNegative(low), NotNegative(high))) if (chain := _chain(low, high)) is not None:
            return chain
        case Joined(operator, parts):
            return f" {operator} ".join(f"({formula_text(p)})" if isinstance(p, Joined) else formula_text(p) for p in parts)
        case _:
            raise TypeError(f"not a formula: {formula!r}")


def _chain(low: Term, high: Term) -> str | None:
    """Return `1 <= W <= N` for `W - 1 >= 0` and `N - W >= 0`; None where they do not share one middle."""
    match low.parts, high.parts:
        case [((middle, one),), ((_, _), (_, _))] if one == 1 and (middle, Fraction(-1)) in high.parts and not high.constant:
            ((top, c),) = (p for p in high.parts if p[0] != middle)
            return f"{-low.constant} <= {unknown_text(middle)} <= {times_text(c, unknown_text(top))}" if c > 0 else None
        case _:
            return None


def linear_text(formula: Linear) -> str:
    """Return arithmetic in words; `All` of nothing is `true`."""
    match formula:
        case Row(parts, constant):
            named = [(_name_text(n), c) for n, c in sorted(parts, key=lambda p: (_name_text(p[0]) == "N", p[0]))]
            # Over the integers `x >= 1` and `x > 0` are one claim: the second is how quorum conditions are written.
            return comparison(named, constant + 1 if constant < 0 else constant, strict=constant < 0)
        case Congruent(row, modulus, denied):
            if modulus == 2 and len(row.parts) == 1 and row.parts[0][1] % 2:
                odd = (row.constant % 2 == 1) != denied
                return f"{_name_text(row.parts[0][0])} is {'odd' if odd else 'even'}"
            shown = " + ".join(times_text(c, _name_text(n)) for n, c in row.parts)
            verb = "is not" if denied else "is"
            return f"{shown} {verb} {-row.constant % modulus} modulo {modulus}"
        case All(parts):
            return " and ".join(_in_order(parts)) or "true"
        case Some(parts):
            return " or ".join(_in_order(parts)) or "false"


def _in_order(parts: Iterable[Linear]) -> list[str]:
    """Return the parts in words, in an order that is not Z3's, which differs from version to version: plain ones first."""
    return sorted(map(_nested, parts), key=lambda text: (text.startswith("("), text))


def _nested(formula: Linear) -> str:
    text = linear_text(formula)
    return f"({text})" if isinstance(formula, All | Some) and len(formula.parts) > 1 else text
