"""What histories can be judged by: objects and guarantees, each with its definition and the two histories on its edge."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.properties.histories.guarantees.guarantee import Edge, Guarantee
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.report.screen import Line, Screen


def catalogue(objects: Iterable[Sequential], guarantees: Iterable[Guarantee], screen: Screen) -> Iterator[Line]:
    """Yield every object and every guarantee."""
    yield line(Span("objects", Role.DIM))
    for target in objects:
        yield line("  ", Span(target.name, Role.STRONG), f"  {', '.join(target.functions)}")
        yield from _filled(target.statement, screen)
    yield ()
    yield line(Span("guarantees", Role.DIM))
    for guarantee in guarantees:
        yield line("  ", Span(guarantee.name, Role.STRONG), "  ", Span(guarantee.source, Role.DIM))
        yield from _filled(guarantee.statement, screen)
        yield from _edge("broken by", guarantee.breaks)
        yield from _edge("allows", guarantee.allows)


def _edge(word: str, edge: Edge) -> Iterator[Line]:
    rows = dedent(edge.drawn).strip().splitlines()
    for number, row in enumerate(rows):
        yield line("      ", Span(f"{word if number == 0 else '':<11}", Role.DIM), row)


def _filled(text: str, screen: Screen) -> Iterator[Line]:
    return (line("      ", part) for part in wrapped(text, screen.width - 6))
