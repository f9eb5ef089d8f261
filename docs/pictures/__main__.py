"""Make the pictures of README: `make pictures`. It needs a Chromium, as the tests of pages do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from quorate.explorer.check import Request, check
from quorate.report.pages.viewer import page
from tests.report.pages.browser import launched, watched

HERE = Path(__file__).parent
PICTURES = {
    "split-brain": (Request(model="failover", preset="asynchronous", properties=("no_split_brain",)), False),
    "stale-read": (Request(model="quorum_register", preset="sloppy"), True),
}


def main() -> None:
    with TemporaryDirectory() as folder, launched() as browser:
        for name, (request, dark) in PICTURES.items():
            trace = next(a.trace for a in check(request).answers if a.trace)
            file = Path(folder) / f"{name}.html"
            file.write_text(page(trace), encoding="utf-8")
            with watched(browser, file.as_uri(), width=1280, height=760, dark=dark) as shown:
                shown.wait_for_timeout(500)
                shown.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main()
