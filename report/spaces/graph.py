"""A graph of states for other tools: DOT (Graphviz), GraphML by way of networkx; and in which colours it is drawn.

Read next: `graph_svg.py`, the picture that needs no other tool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.quantities import counted

if TYPE_CHECKING:
    import networkx as nx

    from quorate.explorer.space.graph import Arc, Graph, Mark, Node

# The first of these that a node has colours it: fill, and what the legend says.
COLOURS: dict[Mark, tuple[str, str]] = {
    "error": ("#6a1b9a", "an error of the model"),
    "violating": ("#d93025", "violates a property"),
    "stuck": ("#e8710a", "stuck"),
    "witness": ("#188038", "witnesses a property"),
    "terminal": ("#5f6368", "terminal"),
    "initial": ("#1a73e8", "initial"),
}
PLAIN = "#c4d3e8"


def colour(node: Node) -> str:
    """Return the fill of a node, by the gravest of its marks."""
    return next((fill for mark, (fill, _) in COLOURS.items() if mark in node.marks), PLAIN)


def caption(graph: Graph) -> str:
    """Return in a sentence what is drawn, and what is not."""
    whole = f"{graph.name}: {counted(graph.states, 'state')}, {counted(graph.edges, 'edge')}"
    if graph.projected:
        whole += f", condensed to {', '.join(graph.projected)}: {counted(len(graph.nodes), 'node')}"
    return f"{whole}; only the first part: the search was stopped ({graph.cut})" if graph.cut else whole


def tooltip(node: Node) -> str:
    """Return what there is to say of a node, in lines."""
    many = [counted(node.states, "state")] if node.states > 1 else []
    return "\n".join([f"depth {node.depth}", *many, *sorted(node.marks), *node.properties, *node.text])


def arc_text(arc: Arc) -> str:
    """Return what stands on an arc."""
    return f"{arc.text} x{arc.times}" if arc.times > 1 else arc.text


def dot(graph: Graph) -> str:
    """Return the graph in the DOT language, states of one depth on one rank."""
    lines = [f"digraph {_quoted(graph.name)} {{", f"  label={_quoted(caption(graph))};"]
    lines += ["  node [shape=box, style=filled, fontname=sans];", "  edge [fontname=sans];"]
    for number, node in enumerate(graph.nodes):
        text = "\\n".join(map(_inner, node.text)) if graph.projected or node.states == 0 else str(number)
        fill = colour(node)
        ink = "black" if fill == PLAIN else "white"
        lines.append(f'  {number} [label="{text}", tooltip={_quoted(tooltip(node))}, fillcolor="{fill}", fontcolor={ink}];')
    for depth in sorted({node.depth for node in graph.nodes}):
        lines.append(f"  {{ rank=same; {' '.join(f'{n};' for n, node in enumerate(graph.nodes) if node.depth == depth)} }}")
    for arc in graph.arcs:
        style = ", style=dashed" if arc.fault else ""
        red = ", color=red" if arc.properties else ""
        lines.append(f"  {arc.source} -> {arc.target} [label={_quoted(arc_text(arc))}{style}{red}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return f'"{_inner(text)}"'


def _inner(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def networkx_graph(graph: Graph) -> nx.MultiDiGraph[int]:
    """Return the graph as networkx has it, all attributes text, numbers or truth values."""
    import networkx as nx  # noqa: PLC0415  (a large library, for those who want it)

    drawn: nx.MultiDiGraph[int] = nx.MultiDiGraph(name=graph.name, caption=caption(graph))
    for number, node in enumerate(graph.nodes):
        names, marks = ", ".join(node.properties), ", ".join(sorted(node.marks))
        drawn.add_node(number, depth=node.depth, states=node.states, state="\n".join(node.text), marks=marks, properties=names)
    for arc in graph.arcs:
        names = ", ".join(arc.properties)
        drawn.add_edge(arc.source, arc.target, label=arc.text, fault=arc.fault, times=arc.times, properties=names)
    return drawn


def graphml(graph: Graph) -> str:
    """Return the graph as GraphML, as networkx writes it."""
    import networkx as nx  # noqa: PLC0415  (a large library, for those who want it)

    return "\n".join(nx.generate_graphml(networkx_graph(graph))) + "\n"
