"""A trace as a TikZ picture, for papers in LaTeX. It needs the packages `tikz` and its library `arrows.meta`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.diagrams.drawing import Box, Line, Words, drawing_of

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace
    from quorate.report.diagrams.drawing import Shape

STROKES = {
    "life": "gray!50",
    "down": "red!70!black, densely dotted",
    "delivered": "blue!70!black",
    "lost": "red!70!black, dashed",
    "copy": "orange!60!black, densely dotted",
    "cut": "orange!60!black, dashed",
    "healed": "green!50!black, dashed",
}
HANDS = {
    "lane": "font=\\bfseries",
    "title": "font=\\footnotesize",
    "note": "font=\\scriptsize, gray",
    "number": "font=\\scriptsize, gray",
    "message": "font=\\scriptsize, fill=white, inner sep=1pt",
    "fault": "font=\\scriptsize\\bfseries, orange!60!black",
    "verdict": "font=\\footnotesize\\bfseries, red!70!black",
}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "→": r"$\to$",
    "×": r"$\times$",  # noqa: RUF001  (a cross, as it is drawn)
    "−": r"$-$",  # noqa: RUF001  (a minus sign, as it is drawn)
    "…": r"\ldots{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
} | {c: "\\" + c for c in "#$%&_{}"}


def tikz(trace: Trace) -> str:
    """Return the picture's source."""
    lines = [_draw(shape) for shape in drawing_of(trace).shapes]
    return "\n".join(
        [
            "% \\usepackage{tikz} \\usetikzlibrary{arrows.meta}",
            "\\begin{tikzpicture}[x=1pt, y=-1pt, >={Stealth[length=5pt]}]",
            *(f"  {line}" for line in lines),
            "\\end{tikzpicture}",
        ]
    )


def _draw(shape: Shape) -> str:
    dim = ", opacity=0.4" if shape.dim else ""
    match shape:
        case Line(x1, y1, x2, y2, stroke):
            return (
                f"\\draw[{STROKES[stroke]}{', ->' if shape.pointed else ''}{dim}] ({x1:.0f},{y1:.0f}) -- ({x2:.0f},{y2:.0f});"
            )
        case Box(x, y, width, height):
            low, high = f"({x - width / 2:.0f},{y - height / 2:.0f})", f"({x + width / 2:.0f},{y + height / 2:.0f})"
            return f"\\draw[rounded corners=2pt, blue!70!black, fill=blue!5{dim}] {low} rectangle {high};"
        case Words(x, y, text, hand, left):
            return f"\\node[{HANDS[hand]}{', anchor=west' if left else ''}{dim}] at ({x:.0f},{y:.0f}) {{{_escaped(text)}}};"


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(c, c) for c in text)
