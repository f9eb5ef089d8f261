"""A graph of states as an SVG picture: a row for each depth, each row in the order that its parents suggest.

Source of the ordering: Sugiyama, Tagawa & Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981),
the barycentre heuristic, swept down and up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from quorate.report.spaces.graph import COLOURS, PLAIN, arc_text, caption, colour, tooltip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quorate.explorer.space.graph import Arc, Graph, Node

SWEEPS = 6
CHARACTER, LINE = 6.2, 15.0  # the room of a letter and of a line of text
MARGIN, LEGEND = 30.0, 46.0
MOST_LABELS = 80  # beyond, the words of an arc are in its tooltip only
SLOTS = (0.3, 0.5, 0.7)  # how far along their arcs the words of neighbours stand, so that they do not meet

STYLE = """
text { font: 11px system-ui, sans-serif; text-anchor: middle; dominant-baseline: middle; fill: #1c2430; }
.paper { fill: #fff; } .white { fill: #fff; } .left { text-anchor: start; }
.arc { fill: none; stroke: #7a8699; stroke-width: 1.2; } .fault { stroke: #9a4a00; stroke-dasharray: 5 3; }
.bad { stroke: #d93025; stroke-width: 2; }
.words { font-size: 10px; paint-order: stroke; stroke: #fff; stroke-width: 3px; fill: #3c4756; }
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a node, and its size."""

    x: float
    y: float
    width: float
    height: float


def svg(graph: Graph) -> str:
    """Return the picture's source; texts of the model are data in it."""
    spots = layout(graph)
    width = max(s.x + s.width / 2 for s in spots) + min(s.x - s.width / 2 for s in spots)
    height = max(s.y + s.height / 2 for s in spots) + MARGIN + LEGEND
    width = max(width, CHARACTER * len(caption(graph)) + 2 * MARGIN)
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    root = ET.Element("svg", size | {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width:.0f} {height:.0f}"})
    ET.SubElement(root, "title").text = caption(graph)
    ET.SubElement(root, "style").text = STYLE
    marker = ET.SubElement(ET.SubElement(root, "defs"), "marker", id="tip", viewBox="0 0 8 8", refX="7", refY="4")
    marker.attrib.update({"markerWidth": "7", "markerHeight": "7", "orient": "auto"})
    ET.SubElement(marker, "path", d="M0 0L8 4L0 8z", fill="#7a8699")
    ET.SubElement(root, "rect", {"class": "paper", **size})
    labelled = len(graph.arcs) <= MOST_LABELS
    for number, arc in enumerate(graph.arcs):
        _draw_arc(root, arc, spots, SLOTS[number % len(SLOTS)] if labelled else None)
    for number, (node, spot) in enumerate(zip(graph.nodes, spots, strict=True)):
        _draw_node(root, node, spot, number, words=_words(graph, node, number))
    _draw_legend(root, graph, height)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


# -- where things are -------------------------------------------------------------------------------------------------


def layout(graph: Graph) -> list[Spot]:
    """Return the place of each node: depth by depth from the top, no two nodes on one another."""
    sizes = [_size(_words(graph, node, n)) for n, node in enumerate(graph.nodes)]
    rows = ordered(graph)
    labelled = len(graph.arcs) <= MOST_LABELS
    longest = min(max((len(arc_text(arc)) for arc in graph.arcs), default=0), 40) * CHARACTER if labelled else 0.0
    gap, margin = 26.0 + 0.7 * longest, MARGIN + longest / 2
    widths = [sum(sizes[n][0] + gap for n in row) - gap for row in rows]
    widest, y = max(widths), MARGIN
    spots: dict[int, Spot] = {}
    for row, width in zip(rows, widths, strict=True):
        tallest, x = max(sizes[n][1] for n in row), margin + (widest - width) / 2
        for number in row:
            wide, high = sizes[number]
            spots[number] = Spot(x + wide / 2, y + tallest / 2, wide, high)
            x += wide + gap
        y += tallest + max(110.0 if labelled else 60.0, min(width / 12, 160.0))
    return [spots[n] for n in range(len(graph.nodes))]


def ordered(graph: Graph) -> list[list[int]]:
    """Return the rows by depth, each in the order of the mean places of its neighbours in the row before, or after."""
    depths = sorted({node.depth for node in graph.nodes})
    rows = [[n for n, node in enumerate(graph.nodes) if node.depth == depth] for depth in depths]
    near: dict[int, set[int]] = {n: set() for n in range(len(graph.nodes))}
    for arc in graph.arcs:
        if abs(graph.nodes[arc.source].depth - graph.nodes[arc.target].depth) == 1:
            near[arc.source].add(arc.target)
            near[arc.target].add(arc.source)
    for sweep in range(SWEEPS):
        down = list(range(1, len(rows)))
        for at in down if sweep % 2 == 0 else [a - 1 for a in reversed(down)]:
            other = rows[at - 1] if sweep % 2 == 0 else rows[at + 1]
            place = {n: i / max(len(other) - 1, 1) for i, n in enumerate(other)}
            mean = {n: _mean(near[n], place) for n in rows[at]}
            rows[at].sort(key=mean.__getitem__)
    return rows


def _mean(near: Iterable[int], place: Mapping[int, float]) -> float:
    places = [place[n] for n in near if n in place]
    return sum(places) / len(places) if places else 0.5


def _words(graph: Graph, node: Node, number: int) -> list[str]:
    return list(node.text) if graph.projected or node.states == 0 else [str(number)]


def _size(words: Sequence[str]) -> tuple[float, float]:
    return max(26.0, CHARACTER * max(map(len, words), default=0) + 14), max(26.0, LINE * len(words) + 10)


# -- shapes -----------------------------------------------------------------------------------------------------------


def _draw_node(root: ET.Element, node: Node, spot: Spot, number: int, words: Sequence[str]) -> None:
    group = ET.SubElement(root, "g", id=f"state-{number}")
    ET.SubElement(group, "title").text = tooltip(node)
    place = {"x": f"{spot.x - spot.width / 2:.1f}", "y": f"{spot.y - spot.height / 2:.1f}", "rx": "7"}
    shape = place | {"width": f"{spot.width:.1f}", "height": f"{spot.height:.1f}", "fill": colour(node)}
    ET.SubElement(group, "rect", shape | {"stroke": "#1a73e8" if "initial" in node.marks else "#5f6b7a"})
    for at, text in enumerate(words):
        y = spot.y + (at - (len(words) - 1) / 2) * LINE
        style = {} if colour(node) == PLAIN else {"class": "white"}
        ET.SubElement(group, "text", {"x": f"{spot.x:.1f}", "y": f"{y:.1f}"} | style).text = text


def _draw_arc(root: ET.Element, arc: Arc, spots: Sequence[Spot], slot: float | None) -> None:
    """Draw an arc with its tooltip; given a slot, with its words there, too: a share of the way."""
    source, target = spots[arc.source], spots[arc.target]
    style = "arc" + (" fault" if arc.fault else "") + (" bad" if arc.properties else "")
    group = ET.SubElement(root, "g")
    ET.SubElement(group, "title").text = arc_text(arc)
    if arc.source == arc.target:
        right, y = source.x + source.width / 2, source.y
        path, middle = f"M{right:.1f} {y - 6:.1f}c24 -12 24 24 0 12", (right + 20, y)
    else:
        bend = 0.0 if target.y > source.y else 34.0  # upwards and sideways arcs go round
        (x1, y1), (x2, y2) = _rim(source, target), _rim(target, source)
        length = max(hypot(x2 - x1, y2 - y1), 1.0)
        cx, cy = (x1 + x2) / 2 - bend * (y2 - y1) / length, (y1 + y2) / 2 + bend * (x2 - x1) / length
        path = f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}"
        t = slot or 0.5
        near, bent, far = (1 - t) ** 2, 2 * t * (1 - t), t**2  # of a quadratic curve
        middle = (near * x1 + bent * cx + far * x2, near * y1 + bent * cy + far * y2)
    ET.SubElement(group, "path", {"d": path, "class": style, "marker-end": "url(#tip)"})
    if slot is not None:
        place = {"x": f"{middle[0]:.1f}", "y": f"{middle[1]:.1f}", "class": "words"}
        ET.SubElement(group, "text", place).text = arc_text(arc)


def _rim(spot: Spot, towards: Spot) -> tuple[float, float]:
    """Return where the line between two middles leaves the first one's box."""
    dx, dy = towards.x - spot.x, towards.y - spot.y
    scale = min(spot.width / 2 / abs(dx) if dx else 1e9, spot.height / 2 / abs(dy) if dy else 1e9, 1.0)
    return spot.x + dx * scale, spot.y + dy * scale


def _draw_legend(root: ET.Element, graph: Graph, height: float) -> None:
    place = {"x": f"{MARGIN:.0f}", "y": f"{height - LEGEND + 12:.0f}", "class": "left"}
    ET.SubElement(root, "text", place).text = caption(graph)
    x = MARGIN
    for mark, (fill, words) in COLOURS.items():
        if any(mark in node.marks for node in graph.nodes):
            y = height - LEGEND + 26
            ET.SubElement(root, "rect", {"x": f"{x:.0f}", "y": f"{y:.0f}", "width": "12", "height": "12", "fill": fill})
            ET.SubElement(root, "text", {"x": f"{x + 17:.0f}", "y": f"{y + 7:.0f}", "class": "left"}).text = words
            x += 34 + CHARACTER * len(words)
