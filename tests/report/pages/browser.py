"""A real Chromium for the tests of pages: found on the machine, driven by Playwright, and watched.

Every page is watched: a console error, an exception, or a request that leaves the page fails the test.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser, Page

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: on Debian, apt-get install chromium")


@contextmanager
def launched() -> Generator[Browser]:
    """Start the machine's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def watched(
    browser: Browser, url: str, *, width: int = 1400, height: int = 900, dark: bool = False, home: str = "file:"
) -> Generator[Page]:
    """Open a page; at the end, assert that it stayed silent and at `home`."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
    trouble: list[str] = []
    page.on("console", lambda m: trouble.append(f"console: {m.text}") if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: trouble.append(f"exception: {e}"))
    page.on("request", lambda r: None if r.url.startswith((home, "data:")) else trouble.append(f"request: {r.url}"))
    page.goto(url)
    yield page
    assert not trouble
    page.close()


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page beside the tests, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(300)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
