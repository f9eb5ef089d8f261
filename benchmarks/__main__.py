"""Measure everything and write results/benchmarks.md. `--quick` takes small instances, to try the command out.

Read next: `yardsticks.py`, what Quorate is measured against; `runs.py`, how one search is measured; `tables.py`, the text.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.tables import report

RESULTS = Path(__file__).resolve().parent.parent / "results/benchmarks.md"


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    text = report(quick=quick)
    sys.stdout.write(text)
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(text, encoding="utf-8")


main()
