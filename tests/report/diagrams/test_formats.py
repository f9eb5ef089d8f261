"""The diagrams for documents, each as it stands in a golden file, and that what it says is well formed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from quorate.cli.formats import FORMATS, TEXT, WRITERS, written
from tests.report import stories

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.explorer.contract.trace import Trace

TRACES: dict[str, Callable[[], Trace]] = {
    "forgotten_vote": stories.forgotten_vote,
    "bad_network": stories.bad_network,
    "error": stories.error,
}
SUFFIXES = {"plantuml": "puml", "svg": "svg", "tikz": "tex", "shiviz": "shiviz.txt", "json": "trace.json"}
ELSEWHERE = {"mermaid", "itf"}  # test_traces.py has them


@pytest.mark.parametrize("chosen", SUFFIXES)
@pytest.mark.parametrize("name", TRACES)
def test_a_trace_in_each_format(name: str, chosen: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{SUFFIXES[chosen]}", written(TRACES[name](), chosen) + "\n")


def test_every_format_has_a_golden() -> None:
    assert set(SUFFIXES) | ELSEWHERE == set(WRITERS) == set(FORMATS) - {TEXT}


@pytest.mark.parametrize("name", TRACES)
def test_the_svg_is_xml_and_draws_every_lane(name: str) -> None:
    trace = TRACES[name]()
    texts = [t.text or "" for t in ET.fromstring(written(trace, "svg")).iter() if t.tag.endswith("text")]
    busy = {m.label.process for m in trace.moments if m.label.process}
    assert busy <= set(texts)


@pytest.mark.parametrize("name", TRACES)
def test_shiviz_clocks_only_grow(name: str) -> None:
    """Each event's line is followed by its vector clock; a host's own entry counts its events."""
    lines = written(TRACES[name](), "shiviz").splitlines()
    counted: dict[str, int] = {}
    clocks = [line for line in lines if line.endswith("}") and " {" in line]
    assert clocks
    for clock in clocks:
        host, _, entries = clock.partition(" ")
        own = json.loads(entries)[host]
        assert own == counted.get(host, 0) + 1
        counted[host] = own
