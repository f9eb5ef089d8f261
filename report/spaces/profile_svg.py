"""A profile as a plot: states by depth, and the new states of each step."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from quorate.report.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.space.profile import Profile

WIDTH, MARGIN, HIGH, ROW, LABEL = 760.0, 40.0, 220.0, 22.0, 230.0

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1c2430; } .middle { text-anchor: middle; } .end { text-anchor: end; }
.title { font-weight: bold; font-size: 14px; } .paper { fill: #fff; } .bar { fill: #4a7fc1; } .step { fill: #2f8f6b; }
"""


def svg(profile: Profile) -> str:
    """Return the plot's source."""
    steps = [(s.step, s.new) for s in profile.steps]
    fields = [(f.name, round(f.factor, 2)) for f in profile.fields]
    top = MARGIN + 20 + HIGH + 70
    height = top + ROW * (len(steps) + len(fields)) + 130
    size = {"width": f"{WIDTH:.0f}", "height": f"{height:.0f}"}
    root = ET.Element("svg", size | {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH:.0f} {height:.0f}"})
    ET.SubElement(root, "title").text = f"{profile.model}: what makes its state space grow"
    ET.SubElement(root, "style").text = STYLE
    ET.SubElement(root, "rect", {"class": "paper", **size})
    part = f", of the first {counted(profile.states, 'state')}" if profile.cut else ""
    _text(root, MARGIN, MARGIN, f"{profile.model}: states by depth{part}", "title")
    _columns(root, [(level.depth, level.states) for level in profile.levels])
    top = _rows(root, top, "new states by step", steps)
    _rows(root, top + 40, "times more states for each field", fields)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _columns(root: ET.Element, levels: Sequence[tuple[int, int]]) -> None:
    most = max(states for _, states in levels)
    wide = (WIDTH - 2 * MARGIN) / len(levels)
    floor = MARGIN + 30 + HIGH
    for at, (depth, states) in enumerate(levels):
        high, x = HIGH * states / most, MARGIN + at * wide
        bar = {"x": f"{x:.1f}", "y": f"{floor - high:.1f}", "width": f"{wide * 0.85:.1f}", "height": f"{high:.1f}"}
        ET.SubElement(ET.SubElement(root, "rect", bar | {"class": "bar"}), "title").text = f"depth {depth}: {states:,}"
        if len(levels) <= 40 or depth % 5 == 0:
            _text(root, x + wide * 0.42, floor + 16, str(depth), "middle")
    _text(root, MARGIN, floor + 34, f"depth; the most are {most:,} states")


def _rows(root: ET.Element, top: float, title: str, rows: Sequence[tuple[str, float]]) -> float:
    """Draw bars one below another and return where they end."""
    _text(root, MARGIN, top, title, "title")
    most = max((value for _, value in rows), default=0) or 1
    for at, (name, value) in enumerate(rows):
        y = top + 12 + at * ROW
        wide = (WIDTH - LABEL - 2 * MARGIN - 70) * value / most
        bar = {
            "x": f"{LABEL + MARGIN:.1f}",
            "y": f"{y:.1f}",
            "width": f"{wide:.1f}",
            "height": f"{ROW - 6:.1f}",
            "class": "step",
        }
        ET.SubElement(root, "rect", bar)
        _text(root, LABEL + MARGIN - 8, y + ROW - 10, name, "end")
        _text(root, LABEL + MARGIN + wide + 6, y + ROW - 10, f"{value:,}")
    return top + 12 + ROW * len(rows)


def _text(root: ET.Element, x: float, y: float, text: str, style: str = "") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}"} | ({"class": style} if style else {})
    ET.SubElement(root, "text", place).text = text
