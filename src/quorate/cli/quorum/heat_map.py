"""The table of every W and R as a picture: the chance of a stale read, and the overlap where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from quorate.properties.quorum.clusters.counts import Setting


def draw(settings: Sequence[Setting], path: Path, kind: str) -> None:
    """Write the heat map as `png` or `svg`; UsageError where Matplotlib is missing or the file cannot be written."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an optional extra, slow to import
    except ImportError:
        raise UsageError("pictures need Matplotlib: install `quorate[plots]`") from None
    n = settings[0].n
    chance = {(s.w, s.r): float(s.stale) for s in settings}
    side = 2.4 + 0.55 * n
    figure = Figure(figsize=(side + 1.2, side), layout="constrained")
    axes = figure.add_subplot()
    grid = [[chance[w, r] for r in range(1, n + 1)] for w in range(1, n + 1)]
    edges = (0.5, n + 0.5, 0.5, n + 0.5)
    shown = axes.imshow(grid, cmap="YlOrRd", vmin=0, vmax=1, origin="lower", extent=edges)
    for s in settings:
        text = f"+{s.overlap}" if s.overlap else f"{float(s.stale):.0%}"
        axes.text(s.r, s.w, text, ha="center", va="center", fontsize=8, color="white" if s.stale > 0.6 else "black")
    axes.set_xlabel("R, nodes a read waits for")
    axes.set_ylabel("W, nodes a write waits for")
    axes.set_xticks(range(1, n + 1))
    axes.set_yticks(range(1, n + 1))
    axes.set_title(f"N = {n}: stale reads (%), or nodes shared (+)", fontsize=10)
    figure.colorbar(shown, label="chance that a random read misses the last write")
    # A fixed salt and no date: the same table gives the same file.
    import matplotlib as mpl  # noqa: PLC0415

    with mpl.rc_context({"svg.hashsalt": "quorate"}):
        try:
            figure.savefig(path, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
        except OSError as e:
            raise UsageError(f"cannot write `{path}`: {e.strerror}") from None
