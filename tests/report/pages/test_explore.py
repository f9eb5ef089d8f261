"""The page of a walk by hand in a real browser: steps, undo, jumps, bookmarks, searches, export; with the keyboard alone."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.traces.replay import replay
from quorate.explorer.traces.trace_file import read_trace
from tests.cli.exploring import excursion, served
from tests.report.pages.browser import launched, needs_browser, screenshot, watched

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from quorate.cli.protocols.server import Site

pytestmark = needs_browser

SLOW = """
from __future__ import annotations
from typing import Annotated
from quorate import Group, Process, Range, action, always, durable
class Node(Process):
    count: Annotated[int, Range(0, 9)] = durable(0)
    @action
    def add(self) -> None:
        self.count = (self.count + 1) % 10
nodes = Group(Node, 9)
@always
def few() -> bool:
    return all(n.count < 10 for n in nodes)
"""
EVIL = """
from __future__ import annotations
from quorate import Process, action, always, durable
class Node(Process):
    on: bool = durable(False)
    @action
    def flip(self) -> None:
        assert not self.on, "<img src=x onerror='window.hacked = 1'>"
        self.on = True
node = Node.single()
@always
def fine() -> bool:
    "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    return not node.on
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@contextmanager
def exploring(browser: Browser, site: Site, link: str = "") -> Generator[Page]:
    with watched(browser, site.address + link, home=f"http://127.0.0.1:{site.port}/") as page:
        page.locator(".truths li").first.wait_for()
        yield page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with served(excursion()) as site, exploring(browser, site) as page:
        yield page


def steps(page: Page) -> list[str]:
    return page.locator(".steps .what").all_inner_texts()


def settled(page: Page, count: str) -> None:
    """Wait until the walk stands at this step, and what can happen there is listed."""
    page.locator(".count", has_text=count).wait_for()
    page.locator("main.exploring:not([aria-busy])").wait_for()


def test_a_step_is_picked_and_its_successors_are_shown(page: Page) -> None:
    assert steps(page) == ["Client 1: ask()", "Client 2: ask()", "crash Server"]
    assert page.locator(".steps li").first.inner_text().split("\n") == [
        "Client 1: ask()",
        "Client 1: asked 0 -> 1",
        "sends Ask() to Server",
    ]
    page.locator(".steps button").first.click()
    settled(page, "1 / 1")
    assert steps(page)[0] == "Server: on_ask(Ask()) from Client 1"
    assert page.locator(".card.changed h3").all_inner_texts() == ["Client 1"]
    assert page.locator(".truths b").all_inner_texts() == ["true", "not yet"]
    assert page.url.endswith("#point=1")


def test_undo_goes_back_and_another_step_can_be_taken(page: Page) -> None:
    page.get_by_text("Client 1: ask()").first.click()
    settled(page, "1 / 1")
    page.get_by_label("undo (u)").click()
    settled(page, "0 / 1")
    page.get_by_role("button", name="crash Server").click()
    settled(page, "1 / 1")
    assert "crash Server" in page.locator(".live").inner_text()
    assert page.url.endswith("#point=2")


def test_jumping_to_a_step_walked_says_what_could_happen_there(page: Page) -> None:
    page.keyboard.press("v")
    settled(page, "8 / 8")
    page.locator('[data-row="2"] .number').click()
    settled(page, "2 / 8")
    assert "Client 1: on_grant(Grant()) from Server" in steps(page)
    assert page.locator(".steps .badge.good").inner_text() == "witnesses the_lock_is_taken"


def test_a_bookmark_is_jumped_to(page: Page) -> None:
    page.get_by_role("button", name="crash Server").click()
    settled(page, "1 / 1")
    page.get_by_label("bookmark name").fill("crashed <b>")
    page.get_by_role("button", name="bookmark this state").click()
    page.get_by_label("jump to crashed <b>").wait_for()
    page.get_by_label("undo (u)").click()
    settled(page, "0 / 1")
    page.get_by_role("button", name="Client 1: ask()").click()
    settled(page, "1 / 1")
    page.get_by_label("jump to crashed <b>").click()
    page.locator('.permalink[href="#point=1"]').wait_for()
    assert "crash Server" in page.locator(".live").inner_text()


def test_a_violation_is_run_to_and_explained(page: Page) -> None:
    page.get_by_label("run to a violation (v)").click()
    settled(page, "8 / 8")
    assert page.locator(".outcome").inner_text() == "a violation: 8 steps on, the fewest there are"
    assert page.locator("h1").inner_text() == "violated mutual_exclusion"
    assert page.locator(".truths .violated").count() == 1
    assert "a.holds is True" in page.locator(".why").inner_text().replace("\n", " ")
    screenshot(page, "explore")


def test_a_step_or_property_is_run_to_by_name(page: Page) -> None:
    page.get_by_label("property or step", exact=True).select_option("Client.on_grant")
    page.get_by_label("run to the property or step").click()
    settled(page, "3 / 3")
    assert page.locator(".live").inner_text() == "step 3: Client 1: on_grant(Grant()) from Server"


def test_an_expression_is_run_to_and_a_wrong_one_shows_its_caret(page: Page) -> None:
    page.get_by_label("condition", exact=True).fill("all(c.asked == 1 for c in clients)")
    page.get_by_label("condition", exact=True).press("Enter")
    settled(page, "2 / 2")
    page.get_by_label("condition", exact=True).fill("any(c.hods for c in clients)")
    page.get_by_label("run to the condition").click()
    said = page.get_by_role("alert")
    page.get_by_role("alert").filter(has_text="condition:1:5").wait_for()
    assert said.text_content() == (
        "condition:1:5: `Client` has no field `hods` (did you mean `holds`?)\n    any(c.hods for c in clients)\n        ^"
    )
    settled(page, "2 / 2")


def test_what_cannot_be_reached_is_said(browser: Browser) -> None:
    with served(excursion(preset="default")) as site, exploring(browser, site) as page:
        page.keyboard.press("v")
        page.locator(".outcome", has_text="cannot be reached").wait_for()
        assert "within the limits of the model: all 12 states were visited" in page.locator(".outcome").inner_text()


def test_a_long_search_is_stopped(browser: Browser) -> None:
    with served(excursion(SLOW, None)) as site, exploring(browser, site) as page:
        page.keyboard.press("v")
        page.get_by_label("stop the search").click()
        page.locator(".outcome", has_text="it was stopped").wait_for()
        assert "not decided" in page.locator(".outcome").inner_text()


def test_the_walk_is_exported_as_a_trace(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="crash Server").click()
    settled(page, "1 / 1")
    with page.expect_download() as download:
        page.get_by_label("export the walk as a trace (e)").click()
    assert download.value.suggested_filename == "lock.walk.json"
    file = tmp_path / "walk.json"
    download.value.save_as(file)
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == 1
    assert len(replay(read_trace(file)).edges) == 1


def test_the_keyboard_alone_walks(page: Page) -> None:
    page.keyboard.press("3")
    settled(page, "1 / 1")
    page.keyboard.press("1")
    settled(page, "2 / 2")
    page.keyboard.press("ArrowLeft")
    settled(page, "1 / 2")
    page.keyboard.press("u")
    settled(page, "0 / 2")
    page.keyboard.press("End")
    settled(page, "2 / 2")
    page.keyboard.press("b")
    page.keyboard.type("u v 1")
    page.keyboard.press("Enter")
    page.get_by_label("jump to u v 1").wait_for()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("c")
    page.keyboard.type("any(c.holds for c in clients)")
    page.keyboard.press("Enter")
    page.locator(".outcome", has_text="the fewest there are").wait_for()
    reached: set[str] = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"))
    assert {
        "undo (u)",
        "run to a violation (v)",
        "export the walk as a trace (e)",
        "property or step",
        "condition",
        "bookmark name",
        "jump to u v 1",
    } <= reached


def test_a_permalink_opens_its_point_while_it_is_served(browser: Browser) -> None:
    walk = excursion()
    walk.take(walk.take(0, 0), 0)
    with served(walk) as site:
        with exploring(browser, site, "#point=2") as page:
            settled(page, "2 / 2")
        with exploring(browser, site, "#point=77") as page:
            settled(page, "0 / 0")


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser) -> None:
    with served(excursion()) as site:
        home = f"http://127.0.0.1:{site.port}/"
        with watched(browser, site.address, width=390, height=800, home=home) as page:
            page.locator(".steps button").first.click()
            settled(page, "1 / 1")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_of_a_model_is_data(browser: Browser) -> None:
    with served(excursion(EVIL, None)) as site, exploring(browser, site) as page:
        page.keyboard.press("1")
        settled(page, "1 / 1")
        assert "<img src=x" in page.locator(".steps .error").inner_text()
        page.keyboard.press("1")
        settled(page, "2 / 2")
        assert page.locator(".ending").inner_text().startswith("The step ended in an error of the model")
        assert page.locator("pre.error", has_text="<img src=x").count() == 1
        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
