"""A trace as an SVG picture for documents: self-contained, readable on light and dark paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from quorate.report.diagrams.drawing import Box, Line, Words, drawing_of

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace
    from quorate.report.diagrams.drawing import Drawing, Shape

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1c2430; text-anchor: middle; dominant-baseline: middle; }
.paper { fill: #fff; }
.lane { font-weight: bold; font-size: 14px; } .number, .note { fill: #5c6672; } .note { font-size: 11px; }
.note, .message { paint-order: stroke; stroke: #fff; stroke-width: 3px; } .left { text-anchor: start; }
.fault { fill: #9a4a00; font-weight: bold; } .verdict { fill: #b3261e; font-weight: bold; }
rect.event { fill: #f4f6f8; stroke: #0b62b8; } line { stroke-width: 1.6; stroke: #0b62b8; } line.life { stroke: #c9d1da; }
line.down { stroke: #b3261e; stroke-dasharray: 2 5; } line.lost { stroke: #b3261e; stroke-dasharray: 5 4; }
line.copy { stroke: #9a4a00; stroke-dasharray: 2 4; } line.cut { stroke: #9a4a00; stroke-dasharray: 6 4; }
line.healed { stroke: #1a7f37; stroke-dasharray: 6 4; } .dim { opacity: 0.4; }
"""


def svg(trace: Trace) -> str:
    """Return the picture's source."""
    return painted(drawing_of(trace), f"{trace.origin.model}: {trace.name} {trace.verdict}")


def painted(drawing: Drawing, title: str) -> str:
    """Return the source of any drawing."""
    width, height = _number(drawing.width), _number(drawing.height)
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width, height=height)
    ET.SubElement(root, "title").text = title
    ET.SubElement(root, "style").text = STYLE
    marker = ET.SubElement(
        ET.SubElement(root, "defs"), "marker", id="tip", viewBox="0 0 8 8", refX="7", refY="4", markerWidth="7", orient="auto"
    )
    ET.SubElement(marker, "path", d="M0 0L8 4L0 8z", fill="#0b62b8")
    ET.SubElement(root, "rect", {"class": "paper", "width": width, "height": height})
    for shape in drawing.shapes:
        _draw(root, shape)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _draw(root: ET.Element, shape: Shape) -> None:
    dim = " dim" if shape.dim else ""
    match shape:
        case Line(x1, y1, x2, y2, stroke):
            ends = {"x1": _number(x1), "y1": _number(y1), "x2": _number(x2), "y2": _number(y2), "class": stroke + dim}
            ET.SubElement(root, "line", ends | ({"marker-end": "url(#tip)"} if shape.pointed else {}))
        case Box(x, y, width, height):
            place = {"x": _number(x - width / 2), "y": _number(y - height / 2), "rx": "4"}
            ET.SubElement(root, "rect", place | {"width": _number(width), "height": _number(height), "class": "event" + dim})
        case Words(x, y, text, hand, left):
            style = hand + (" left" if left else "") + dim
            ET.SubElement(root, "text", {"x": _number(x), "y": _number(y), "class": style}).text = text


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
