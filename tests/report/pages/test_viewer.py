"""The page of a trace in a real browser: with the mouse, with the keyboard, on a phone, and with a hostile model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.trace import Lane, Operation, Snapshot, Trace
from quorate.report.pages.viewer import page as page_of
from tests.report.pages.browser import launched, needs_browser, screenshot, watched
from tests.report.stories import ORIGIN, Story, bad_network, error, forgotten_vote, message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def url(folder: Path, trace: Trace, other: Trace | None = None) -> str:
    file = folder / "trace.html"
    file.write_text(page_of(trace, other), encoding="utf-8")
    return file.as_uri()


def count(page: Page) -> str:
    return page.locator(".count").inner_text()


def current(page: Page) -> str | None:
    return page.locator("[data-row].current").get_attribute("data-row")


def lasso() -> Trace:
    """Two servers that keep taking the lead from each other: steps 2 and 3 repeat for ever."""
    lanes = (Lane("Server 1", "Server", "servers", 0), Lane("Server 2", "Server", "servers", 1))
    story = Story(lanes, Snapshot({lane.label: {"leads": False} for lane in lanes}, (), (), (), {}))
    initial = story.state
    one, two = "Server 1", "Server 2"
    story.step("Server.lead", one, set_={one: {"leads": True}})
    story.step("Server.usurp", two, set_={one: {"leads": False}, two: {"leads": True}})
    story.step("Server.usurp", one, set_={one: {"leads": True}, two: {"leads": False}})
    operations = (Operation("Server 1", "write", 1, "ok", 1, 2), Operation("Server 2", "read", None, None, 2, None))
    moments = tuple(story.moments)
    return Trace(ORIGIN, "a_leader_stays", "eventually", "", "violated", lanes, initial, moments, loop=1, operations=operations)


def long_story(steps: int = 300, servers: int = 12) -> Trace:
    lanes = tuple(Lane(f"Server {n}", "Server", "servers", n - 1) for n in range(1, servers + 1))
    story = Story(lanes, Snapshot({lane.label: {"term": 0} for lane in lanes}, (), (), (), {}))
    initial = story.state
    for n in range(0, steps, 2):
        source, target = lanes[n % servers].label, lanes[(n * 7 + 3) % servers].label
        heartbeat = story.put(n + 1, message("Heartbeat", term=n), source, target)
        story.step("Server.beat", source, set_={source: {"term": n}}, sent=(heartbeat,))
        story.step("Server.on_heartbeat", target, "receive", set_={target: {"term": n}}, received=n + 1)
    return Trace(ORIGIN, "one_leader_per_term", "always", "", "violated", lanes, initial, tuple(story.moments))


def test_the_keyboard_walks_the_steps(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote())) as page:
        assert count(page) == "8 / 8"
        screenshot(page, "split-brain")
        page.keyboard.press("Home")
        assert count(page) == "0 / 8"
        page.keyboard.press("ArrowRight")
        assert (count(page), current(page)) == ("1 / 8", "1")
        assert "step 1: Server 1: start_election" in page.locator(".live").inner_text()
        assert page.locator(".card.changed h3").all_inner_texts() == ["Server 1"]
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert count(page) == "0 / 8"
        page.keyboard.press("End")
        assert count(page) == "8 / 8"


def test_the_keyboard_alone_reaches_every_control(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote())) as page:
        reached = set()
        for _ in range(16):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")
            )
        assert {
            "step",
            "filter steps",
            "previous step (Left)",
            "next step (Right)",
            "dark or light",
            "link",
            "Server 1",
        } <= reached


def test_the_slider_and_the_mouse_go_to_a_step(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote())) as page:
        page.get_by_label("step", exact=True).fill("3")
        assert current(page) == "3"
        page.locator('[data-row="5"] .number').click()
        assert current(page) == "5"
        assert page.locator(".card.down h3").inner_text().startswith("Server 3")


def test_a_change_shows_as_deep_inside_as_it_is(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote()) + "#step=8") as page:
        votes = page.locator(".card.changed tr.changed", has_text="votes")
        assert votes.locator("mark").all_inner_texts() == ["Server 3"]
        assert "was {Server 2}" in votes.inner_text()


def test_the_property_is_explained(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote())) as page:
        assert page.locator(".why").inner_text().split("\n") == [
            "a is b or a.term != b.term (line 66)",
            "a is Server 1",
            "b is Server 2",
            "a.term is 1",
            "b.term is 1",
        ]


def test_the_filter_narrows_by_process_message_and_field(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote())) as page:
        filtered = page.locator("[data-row]:not(.filtered)")
        page.get_by_label("filter steps").fill('process:"Server 3" message:vote(')
        assert filtered.count() == page.locator("[data-row]").count() - 4
        assert page.locator(".found").inner_text() == "4 of 8 steps"
        page.get_by_label("filter steps").fill("field:leader")
        assert [r.get_attribute("data-row") for r in filtered.all()] == ["4", "8"]
        page.get_by_label("filter steps").fill("")
        page.get_by_role("button", name="Server 3").click()
        assert page.get_by_label("filter steps").input_value() == 'process:"Server 3"'


def test_a_permalink_opens_its_step(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote()) + "#step=3") as page:
        assert count(page) == "3 / 8"
        page.keyboard.press("ArrowRight")
        assert page.locator("a.permalink").get_attribute("href") == "#step=4"
        assert page.url.endswith("#step=4")


def test_a_lasso_goes_round_for_ever(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, lasso())) as page:
        screenshot(page, "lasso")
        assert page.locator("text.loop").inner_html() == "↻ repeats for ever"
        seen = []
        for _ in range(5):
            page.keyboard.press("ArrowRight")
            seen.append(current(page))
        assert seen == ["2", "3", "2", "3", "2"]
        assert count(page) == "8 / 3, in the loop"


def test_operations_are_intervals(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, lasso())) as page:
        assert page.locator(".operation title").all_text_contents() == ["write(1) returned ok", "read() is open"]


def test_faults_are_drawn_as_what_they_are(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, bad_network()), dark=True) as page:
        screenshot(page, "bad-network")
        assert page.locator(".link text").all_text_contents() == ["✂ cut ↔", "⚭ healed →"]
        assert page.locator(".arrow.dropped .cross").count() == 1
        assert page.locator(".arrow.duplicated").count() == 1
        assert page.locator(".stub.lost").count() == 2


def test_an_error_of_the_model_is_told(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, error())) as page:
        assert "`term` would be 3" in page.locator("pre.error").inner_text()
        assert "ends in an error of the model" in page.locator(".states").inner_text()


def test_two_traces_stand_side_by_side(browser: Browser, tmp_path: Path) -> None:
    short = replace(forgotten_vote(), moments=forgotten_vote().moments[:5])
    with watched(browser, url(tmp_path, forgotten_vote(), short)) as page:
        assert page.locator(".view").count() == 2
        assert page.locator(".difference").inner_text() == "first difference at step 6: Server 3: amnesia | (ends)"
        assert count(page) == "6 / 8"
        screenshot(page, "comparison")


def test_playing_steps_by_itself(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, lasso()) + "#step=0") as page:
        page.get_by_text("▶ play").click()
        page.locator(".count", has_text="2 / 3").wait_for()
        page.get_by_text("pause").click()
        assert page.get_by_text("▶ play").get_attribute("aria-pressed") == "false"


def test_the_theme_turns(browser: Browser, tmp_path: Path) -> None:
    def paper(page: Page) -> object:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    with watched(browser, url(tmp_path, forgotten_vote()), dark=True) as page:
        dark = paper(page)
        page.get_by_label("dark or light").click()
        assert paper(page) != dark


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, forgotten_vote()), width=390, height=800) as page:
        screenshot(page, "phone")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_three_hundred_steps_of_twelve_servers(browser: Browser, tmp_path: Path) -> None:
    with watched(browser, url(tmp_path, long_story())) as page:
        assert page.locator("[data-row]").count() == 300
        page.keyboard.press("Home")
        for _ in range(30):
            page.keyboard.press("PageDown")
        assert count(page) == "300 / 300"
        screenshot(page, "long")


def test_text_of_a_model_is_data(browser: Browser, tmp_path: Path) -> None:
    evil = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    lanes = (Lane(evil, "Server", None, 0),)
    story = Story(lanes, Snapshot({evil: {evil: evil}}, (), (), (), {}))
    initial = story.state
    story.step(evil, evil, set_={evil: {evil: message(evil, value=evil)}}, value=evil)
    trace = Trace(ORIGIN, evil, "always", evil, "violated", lanes, initial, tuple(story.moments), error=evil)
    with watched(browser, url(tmp_path, trace)) as page:
        page.wait_for_timeout(200)
        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
        assert page.locator("h1").inner_text().endswith(evil)
