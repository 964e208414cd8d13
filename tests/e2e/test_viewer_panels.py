"""The panels beside the replay in a browser: what each shows, how it follows and moves the playhead, mouse and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, expect

from harness.export.html import write_html
from harness.replay.signal_lines import SIGNAL_KINDS
from harness.storage import RecordingReader
from tests.panel_recording import CALL_LINE, HOSTILE, Maker, page_of, write_recording
from tests.viewing import viewing

TABS = ("call", "network", "console", "errors", "source", "actions", "vitals", "marks", "inspect", "info")
SHOWN_HOSTILE = HOSTILE.replace("\u202e", "⟨U+202E⟩")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("panels") / "run.replay")


@pytest.fixture(scope="module")
def url(recording: Path) -> Iterator[str]:
    with viewing(recording) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    allowed = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(viewport={"width": 1280, "height": 720}, permissions=allowed)
    yield context
    context.close()


@pytest.fixture(scope="module")
def errors() -> list[str]:
    return []


@pytest.fixture(scope="module")
def tab(context: BrowserContext, url: str, errors: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    open_viewer(page, url)
    return page


@pytest.fixture
def window(tab: Page, errors: list[str]) -> Iterator[Page]:
    """The window at 100 ms with nothing chosen; the test fails if anything in it does."""
    tab.mouse.move(640, 5)
    tab.evaluate("() => { harness.pause(); document.activeElement.blur(); }")
    seek(tab, 100)
    yield tab
    assert errors == []
    assert tab.evaluate("() => window.ran") is None


def open_viewer(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("() => harness.ready")
    page.wait_for_selector(".steps-panel .list-space > .row")


def seek(page: Page, t: float) -> None:
    page.evaluate("(t) => harness.seek(t)", t)


def wait_for_time(page: Page, t: float) -> None:
    page.wait_for_function("(t) => Math.abs(harness.now - t) < 1 && !harness.player.working", arg=t)


def show(page: Page, name: str) -> Locator:
    page.click(f"#tab-{name}")
    return page.locator(f"#panel-{name}")


def rows(panel: Locator) -> Locator:
    return panel.locator(".list-space > .row")


def clipboard(page: Page) -> str:
    text: str = page.evaluate("() => navigator.clipboard.readText()")
    return text


def choose_tab(panel: Locator, name: str) -> Locator:
    panel.locator(".detail-tabs").get_by_role("tab", name=name).click()
    return panel.locator(".detail-body")


def shown_frame(page: Page) -> Frame:
    frame = page.wait_for_selector("iframe[data-harness-document]").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    return frame


def test_steps_are_a_tree_that_seeks(window: Page) -> None:
    tree = window.get_by_role("tree", name="Steps")
    items = tree.get_by_role("treeitem")
    expect(items).to_have_count(7)
    assert [items.nth(n).get_attribute("aria-level") for n in range(7)] == ["1", "2", "2", "3", "3", "2", "1"]
    click = tree.get_by_role("treeitem", name="Click get_by_test_id")
    expect(click).to_contain_text("400 ms")
    expect(items.nth(4)).to_contain_text("Fill a⟨U+202E⟩b<img")
    expect(items.nth(5)).to_have_class(re.compile("failed"))
    expect(items.nth(6)).to_contain_text("…")
    click.click()
    wait_for_time(window, 1400)
    expect(window.locator(".outline")).to_be_visible()
    for moment, t in (("Before", 1100), ("After", 1500), ("Action", 1400)):
        window.get_by_role("radio", name=moment).click()
        wait_for_time(window, t)


def test_steps_by_keyboard(window: Page) -> None:
    window.keyboard.press("s")
    tree = window.get_by_role("tree", name="Steps")
    expect(tree).to_be_focused()
    chosen = tree.locator("[aria-selected=true]")
    press = window.keyboard.press
    press("Home")
    expect(chosen).to_contain_text("call")
    press("ArrowLeft")
    expect(tree.get_by_role("treeitem")).to_have_count(2)
    press("ArrowRight")
    expect(tree.get_by_role("treeitem")).to_have_count(7)
    press("End")
    press("ArrowUp")
    expect(chosen).to_contain_text("Expect")
    assert tree.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    press("ArrowLeft")
    expect(chosen).to_contain_text("call")
    press("ArrowDown")
    press("Enter")
    wait_for_time(window, 800)


def test_steps_are_filtered_with_all_around_them(window: Page) -> None:
    side = window.locator(".steps-panel")
    side.get_by_label("Filter steps").fill("FILL")
    expect(rows(side)).to_have_count(3)
    side.get_by_label("Filter steps").fill("")
    side.get_by_role("button", name="Failed").click()
    expect(rows(side)).to_have_count(2)
    side.get_by_role("button", name="Failed").click()
    expect(rows(side)).to_have_count(7)
    everything = side.get_by_role("button", name="All calls +1")
    everything.click()
    expect(rows(side)).to_have_count(8)
    expect(rows(side).nth(4)).to_contain_text("Mouse move")
    everything.click()
    expect(rows(side)).to_have_count(7)


def test_call_and_source_are_about_the_chosen_step(window: Page) -> None:
    window.get_by_role("treeitem", name="Expect").click()
    panel = show(window, "call")
    expect(panel.locator(".error-text")).to_have_text("AssertionError: Locator expected to have text '99 €'")
    panel.get_by_role("button", name="Copy error").click()
    assert "test_buy.py" in clipboard(window)
    window.get_by_role("treeitem", name="Click get_by_test_id").click()
    expect(panel).to_contain_text("Locator.click")
    expect(panel).to_contain_text("locator resolved to <button>")
    expect(panel).to_contain_text("90 × 36 at 20, 100")
    panel.get_by_role("button", name=f"tests/test_buy.py:{CALL_LINE}").click()
    lit = window.locator("#panel-source .row.lit")
    expect(lit).to_be_visible()
    expect(lit).to_contain_text('page.get_by_test_id("buy").click()')
    expect(lit.locator(".line-number")).to_have_text(str(CALL_LINE))
    source = window.locator("#panel-source")
    source.get_by_role("button", name="helper conftest.py:3").click()
    expect(source).to_contain_text("The text of this file is not in the recording.")
    source.get_by_role("button", name=f"test_buy test_buy.py:{CALL_LINE}").click()
    expect(lit).to_be_visible()


def test_call_follows_the_playhead_when_no_step_is_chosen(window: Page) -> None:
    window.get_by_role("treeitem", name="call").click()
    show(window, "console").locator(".row").first.click()  # something else is chosen now
    panel = show(window, "call")
    seek(window, 3000)
    expect(panel.locator("h2")).to_have_text('Expect "to_have_text"')
    seek(window, 1650)
    expect(panel.locator("h2")).to_have_text(f"Fill {SHOWN_HOSTILE}")


def test_network_is_filtered_and_sorted(window: Page) -> None:
    panel = show(window, "network")
    all_rows = rows(panel)
    expect(all_rows).to_have_count(9)
    expect(panel.locator(".bar .summary")).to_have_text("9 requests · 6.4 kB · 2 failed")
    name = panel.get_by_label("Filter by URL, method, status")
    name.fill("lamp")
    expect(all_rows).to_have_count(1)
    expect(all_rows).to_contain_text("cache")
    name.fill("500")
    expect(all_rows).to_contain_text("price")
    name.fill("")
    for kind, number in (("Fetch", 4), ("WS", 1), ("Img", 2), ("All", 9)):
        panel.get_by_role("radio", name=kind, exact=True).click()
        expect(all_rows).to_have_count(number)
    panel.get_by_role("button", name="Failed").click()
    expect(all_rows).to_have_count(2)
    expect(all_rows.nth(1)).to_contain_text("failed")
    panel.get_by_role("button", name="Failed").click()
    panel.get_by_role("button", name="Size").click()
    panel.get_by_role("button", name="Size").click()
    expect(panel.locator("[aria-sort=descending]")).to_have_text("Size")
    expect(all_rows.first).to_contain_text("cart?lang=en")
    panel.get_by_role("button", name="Waterfall").click()
    expect(all_rows.first).to_contain_text("old-cart")


def test_a_request_in_full(window: Page) -> None:
    panel = show(window, "network")
    rows(panel).filter(has_text="order?id=7").click()
    wait_for_time(window, 1410)
    body = panel.locator(".detail-body")
    expect(body).to_contain_text("https://shop.test/api/order?id=7&x=%3Cb%3E")
    expect(body).to_contain_text(SHOWN_HOSTILE)
    expect(body).to_contain_text("10.0.0.1:443")
    panel.get_by_role("button", name="Copy as cURL").click()
    curl = clipboard(window)
    assert curl.startswith("curl 'https://shop.test/api/order?id=7&x=%3Cb%3E'")
    assert "-H 'x-quote: it'\\''s'" in curl
    assert "--data-raw '{\"id\":7}'" in curl
    payload = choose_tab(panel, "Payload")
    expect(payload).to_contain_text("<b>")
    expect(payload.locator(".verbatim")).to_have_text('{\n  "id": 7\n}')
    expect(choose_tab(panel, "Response").locator(".verbatim")).to_contain_text('"name": "Lamp"')
    timing = choose_tab(panel, "Timing")
    expect(timing.get_by_role("row").filter(has_text="Name lookup")).to_contain_text("3 ms")
    expect(timing.get_by_role("row").filter(has_text="In all")).to_contain_text("230 ms")


def test_the_details_can_be_made_wider(window: Page) -> None:
    panel = show(window, "network")
    rows(panel).first.click()
    border = panel.get_by_role("separator", name="Width of the details of Network")
    before = panel.locator(".detail").bounding_box()
    border.press("ArrowLeft")
    after = panel.locator(".detail").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"] + 24, abs=1)
    border.press("Enter")


def test_redirects_pictures_messages(window: Page) -> None:
    panel = show(window, "network")
    rows(panel).filter(has_text="old-cart").click()
    body = choose_tab(panel, "Headers")
    body.get_by_role("button", name="200 https://shop.test/cart?lang=en").click()
    expect(panel.locator("[aria-selected=true].row")).to_contain_text("cart?lang=en")
    expect(body).to_contain_text("redirected from")
    rows(panel).filter(has_text="lamp.svg").click()
    picture = choose_tab(panel, "Response").get_by_role("img")
    window.wait_for_function("(picture) => picture.naturalWidth === 40", arg=picture.element_handle())
    rows(panel).filter(has_text="live").click()
    messages = choose_tab(panel, "Messages 2").get_by_role("row")
    expect(messages.first).to_contain_text('{"hello": 1}')
    messages.nth(1).click()
    expect(panel.locator(".message-chosen .verbatim")).to_have_text('{\n  "stock": 3\n}')
    wait_for_time(window, 990)
    rows(panel).filter(has_text="events").click()
    expect(choose_tab(panel, "Messages 1").get_by_role("row")).to_contain_text("price: 12")
    rows(panel).filter(has_text="pixel.gif").click()
    expect(choose_tab(panel, "Headers")).to_contain_text("net::ERR_NAME_NOT_RESOLVED")


def test_console_levels_and_values(window: Page) -> None:
    panel = show(window, "console")
    expect(rows(panel)).to_have_count(5)
    expect(window.locator("#tab-console")).to_contain_text("2")
    panel.get_by_role("radio", name="Errors").click()
    expect(rows(panel)).to_have_count(2)
    expect(rows(panel).nth(1)).to_contain_text("Uncaught TypeError: price is undefined")
    panel.get_by_role("radio", name="All").click()
    expect(rows(panel).nth(2)).to_contain_text("slow price service 7")
    rows(panel).first.click()
    body = panel.locator(".detail-body")
    value = body.locator("details.value").first
    value.locator("summary").first.click()
    value.locator("details summary").first.click()
    value.locator("details details summary").first.click()
    value.locator("details details details summary").first.click()
    expect(value).to_contain_text('name: "lamp"')
    expect(body).to_contain_text("undefined")
    expect(body).to_contain_text("https://shop.test/shop.js:10:3")
    rows(panel).nth(1).click()
    expect(body.locator(".verbatim")).to_have_text(SHOWN_HOSTILE)


def test_errors_lead_to_their_step(window: Page) -> None:
    panel = show(window, "errors")
    expect(rows(panel)).to_have_count(2)
    rows(panel).first.click()
    wait_for_time(window, 2330)
    expect(panel.locator(".stack")).to_contain_text("https://shop.test/shop.js:42:7")
    rows(panel).nth(1).click()
    expect(panel.locator(".detail-body")).to_contain_text(">   expect(total)")
    panel.get_by_role("button", name='Expect "to_have_text"').click()
    expect(window.locator("#panel-call h2")).to_have_text('Expect "to_have_text"')


def test_what_failed_is_one_click_or_key_away(window: Page) -> None:
    window.get_by_role("button", name="failed", exact=True).click()
    expect(window.locator("#panel-call h2")).to_have_text('Expect "to_have_text"')
    wait_for_time(window, 5500)
    seek(window, 100)
    show(window, "console")
    window.keyboard.press("x")
    expect(window.locator("#panel-call h2")).to_have_text('Expect "to_have_text"')
    wait_for_time(window, 5500)


def test_a_bug_report_is_markdown_in_which_the_page_is_only_quoted(window: Page) -> None:
    show(window, "errors").get_by_role("button", name="Copy as bug report").click()
    expect(window.locator(".status-line")).to_have_text("Copied as bug report")
    report = clipboard(window)
    window.evaluate("() => navigator.clipboard.writeText('')")
    window.keyboard.press("b")
    window.wait_for_function("async () => (await navigator.clipboard.readText()) !== ''")
    assert clipboard(window).replace("panel=errors", "") == report.replace("panel=errors", "")
    assert report.startswith("# buy a lamp a⟨U\\+202E⟩b\\<img src=x")
    assert "- Browser: `chromium 156.0`" in report
    assert "- git commit: `abc123`" in report
    assert f"<{window.url.split('#')[0]}#t=100&page=1" in report
    assert '- 0:02.000 `Expect "to_have_text"` (3.5 s) **failed**' in report
    assert "```\nTypeError: price is undefined\n    at total" in report
    assert "`GET https://gone.test/pixel.gif` → failed (`net::ERR_NAME_NOT_RESOLVED`)" in report
    assert "\u202e" not in report


def test_actions_vitals_marks_info(window: Page) -> None:
    actions = show(window, "actions")
    expect(rows(actions)).to_have_count(2)
    actions.get_by_role("button", name="Frustrating").click()
    rows(actions).first.click()
    expect(rows(actions)).to_contain_text("error click")
    expect(actions.locator(".detail-body")).to_contain_text("TypeError: price is undefined")
    wait_for_time(window, 1400)
    actions.get_by_role("button", name="Frustrating").click()

    vitals = show(window, "vitals")
    cards = vitals.locator(".vital-card")
    expect(cards).to_have_count(5)
    expect(cards.filter(has_text="LCP")).to_contain_text("3.1 s")
    expect(cards.filter(has_text="CLS")).to_contain_text("poor")
    expect(cards.filter(has_text="INP")).to_be_disabled()
    expect(vitals).to_contain_text("8 long tasks, the longest 235 ms")
    expect(vitals).to_contain_text("Heap up to 18.5 MB")
    cards.filter(has_text="LCP").click()
    wait_for_time(window, 900)
    vitals.get_by_role("slider").first.press("ArrowRight")
    wait_for_time(window, 1050)

    marks = show(window, "marks")
    expect(rows(marks)).to_have_count(9)
    for kind, text in (
        ("Marks", "paid"),
        ("Dialogs", "confirm: Leave the shop? → accepted"),
        ("Files", "Download of bill.pdf"),
    ):
        marks.get_by_role("radio", name=kind).click()
        expect(rows(marks)).to_contain_text(text)
    marks.get_by_role("radio", name="Gaps").click()
    expect(rows(marks)).to_contain_text(["300 events left out: too many mutations", "2 events lost"])
    marks.get_by_role("radio", name="All").click()

    info = show(window, "info")
    for text in (
        "chromium 156.0",
        "800 × 500",
        "abc123",
        "allow: all but sensitive",
        "2 events",
        "gold",
        SHOWN_HOSTILE,
    ):
        expect(info).to_contain_text(text)


def test_lists_follow_the_playhead_and_a_click_moves_it(window: Page) -> None:
    panel = show(window, "console")
    for t, current, future in ((100, None, 5), (215, HOSTILE[:1], 3), (5000, "Uncaught", 0)):
        seek(window, t)
        expect(rows(panel).locator("visible=true").and_(panel.locator(".future"))).to_have_count(future)
        expect(panel.locator(".row.current")).to_have_count(0 if current is None else 1)
        if current:
            expect(panel.locator(".row.current")).to_contain_text(current)
    expect(window.locator(".steps-panel .row.current")).to_contain_text("Expect")
    rows(panel).nth(3).click()
    wait_for_time(window, 2320)
    window.keyboard.press("Escape")
    expect(panel.locator(".detail")).to_be_hidden()


def test_grids_by_keyboard(window: Page) -> None:
    window.keyboard.press("2")
    grid = window.get_by_role("grid", name="Network")
    expect(grid).to_be_focused()
    press = window.keyboard.press
    press("Home")
    press("ArrowDown")
    expect(window.locator("#panel-network .detail-body")).to_be_visible()  # on the tab that was chosen last
    expect(grid.locator("[aria-selected=true]")).to_contain_text("cart?lang=en")
    wait_for_time(window, 100)  # arrows only look
    press("Enter")
    wait_for_time(window, 171)
    press("End")
    expect(grid.locator("[aria-selected=true]")).to_contain_text("late")
    press("Escape")
    expect(window.locator("#panel-network .detail")).to_be_hidden()


def test_search_finds_everything_and_goes_there(window: Page) -> None:
    window.keyboard.press("/")
    dialog = window.get_by_role("dialog", name="Search")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    results = dialog.get_by_role("option")
    for text, group in (
        ("pay for", "Steps"), ("99 €", "Errors"), ("ERROR_NAME", ""), ("gone.test", "Network"), ("no PRICE", "price"),
        ('"stock": 3', "live"), ('"NAME": "lamp"', "order"),
        ("slow price", "Console"), ("voucher code»", "Actions"), ("leave the SHOP", "Marks"),
        ("keep looking", "On the page"), ("<script>", "Console"),
    ):  # fmt: skip
        field.fill(text)
        if group:
            expect(results.filter(has_text=group).first).to_be_visible()
        else:
            expect(dialog).to_contain_text("Nothing found.")
    # What is not on the page at this moment is not found on it.
    field.fill("saved for later")
    expect(dialog).to_contain_text("Nothing found.")
    field.fill("price")
    expect(dialog.locator(".summary")).to_contain_text("results")
    dialog.get_by_role("radio", name="Network").click()
    expect(results).to_have_count(1)
    field.focus()
    window.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    wait_for_time(window, 2100)
    expect(window.locator("#panel-network .detail-body")).to_contain_text("https://shop.test/api/price")
    expect(window.get_by_role("grid", name="Network")).to_be_focused()
    seek(window, 3500)
    window.keyboard.press("Control+k")
    dialog.get_by_role("radio", name="All").click()
    field.fill("saved for")
    expect(results.first).to_contain_text("Saved for later")
    window.keyboard.press("Enter")
    expect(window.locator("#panel-inspect .inspect-facts")).to_contain_text('page.get_by_text("Saved for later")')


def pick(page: Page, selector: str) -> None:
    """Point at an element of the replayed page, as a person would."""
    page.keyboard.press("e")
    frame = page.locator("iframe[data-harness-document]").bounding_box()
    assert frame is not None
    inside = (
        shown_frame(page)
        .locator(selector)
        .evaluate("(e) => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] }")
    )
    scale = frame["width"] / 800
    page.mouse.click(frame["x"] + inside[0] * scale, frame["y"] + inside[1] * scale)


def test_locators_find_the_element_in_playwright(window: Page) -> None:
    panel = show(window, "inspect")
    for selector, best in (
        ("#buy", 'page.get_by_test_id("buy")'),
        ("button.plain", 'page.get_by_role("button", name="Keep looking")'),
        ("#code", 'page.get_by_role("textbox", name="Voucher code")'),
        ("h1", 'page.get_by_role("heading", name="Your cart")'),
        (".note >> nth=1", 'page.get_by_text("second")'),
    ):
        pick(window, selector)
        expect(panel.locator(".locator code").first).to_have_text(best)
        frame = shown_frame(window)
        wanted = frame.locator(selector).element_handle()
        for code in panel.locator(".locator code").all_text_contents():
            found = eval(code, {"page": frame})
            assert found.count() == 1, code
            assert found.evaluate("(one, other) => one === other", wanted), code


def test_a_typed_locator_is_tried_on_the_page(window: Page) -> None:
    panel = show(window, "inspect")
    field = panel.get_by_label("Try a locator, CSS or text")
    said = panel.locator(".queried")
    for written, number, path in (
        ('page.get_by_test_id("buy")', "1 match", "button#buy"),
        ("getByRole('button', { name: 'keep' })", "1 match", "button"),
        ('get_by_label("voucher")', "1 match", "input#code"),
        ('locator("#box").get_by_text("second")', "1 match", "span"),
        ("button", "1 of 2 matches", "button#buy"),
        ("your cart", "1 match", "h1"),
        ('locator("button").nth(1)', "1 match", "button"),
        ('locator("button").or_else()', "“.or_else()” is not understood here", ""),
        ("#none", "0 matches", ""),
    ):
        field.fill(written)
        expect(said).to_have_text(number)
        if path:
            expect(panel.locator(".element-path [aria-current]")).to_have_text(path)
    field.fill(".note")
    field.press("Enter")
    expect(said).to_have_text("2 of 2 matches")
    field.fill("")


def test_the_life_of_an_element(window: Page) -> None:
    seek(window, 3500)
    show(window, "inspect")
    pick(window, "#flash")
    life = window.locator(".inspect-life .moment")
    expect(life).to_have_text(["0:03.000appeared ", "0:04.000went away "])
    life.nth(1).click()
    wait_for_time(window, 4000)
    expect(window.locator(".inspect-facts")).to_contain_text("not on the page at this moment")
    pick(window, "#total")
    expect(life).to_have_text(["0:00.020appeared ", "0:02.500changed text 12 €", "0:02.500changed attribute class"])
    looks = window.locator(".inspect-looks")
    expect(looks).to_contain_text("changed")
    life.first.click()
    wait_for_time(window, 20)
    expect(looks.locator(".definitions").first).not_to_contain_text("changed")
    expect(window.locator(".inspect-facts")).to_contain_text("10 €")
    window.keyboard.press("e")
    expect(window.get_by_role("button", name="Pick element")).to_have_attribute("aria-pressed", "true")
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name="Pick element")).to_have_attribute("aria-pressed", "false")


def test_the_dom_opens_in_a_tab_of_its_own(window: Page, context: BrowserContext) -> None:
    seek(window, 3500)
    with context.expect_page() as opened:
        show(window, "inspect").get_by_role("button", name="Open DOM in its own tab").click()
    page = opened.value
    page.wait_for_function("() => window.harness && harness.ready.then(() => true)")
    assert shown_frame(page).inner_text("#flash") == "Saved for later"
    holder = page.locator("iframe[data-harness-document]")
    assert holder.get_attribute("sandbox") == "allow-same-origin"
    page.close()


def test_what_was_recorded_is_never_markup_or_a_link(window: Page) -> None:
    for name in TABS:
        panel = show(window, name)
        if rows(panel).count() and name != "source":
            for n in range(rows(panel).count()):
                rows(panel).nth(n).click()
    found = window.evaluate(
        """() => ({
          links: [...document.querySelectorAll('.window a[href], .window form, .window area')].length,
          pictures: [...document.images].map((image) => image.src).filter(Boolean),
          turned: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText),
        })"""
    )
    assert found["links"] == 0
    assert not found["turned"]
    assert all(source.startswith((window.url.split("#")[0], "data:", "blob:")) for source in found["pictures"])


def test_a_list_can_be_of_the_page_on_show(context: BrowserContext, tmp_path: Path) -> None:
    maker = Maker(tmp_path / "two.replay")
    page_of(maker)
    maker.event(500, "page-open", {"url": "about:blank", "opener": 1}, page=2)
    for t, text, number in ((600, "of the first", 1), (700, "of the second", 2), (800, "of none", None)):
        maker.event(t, "console", {"level": "log", "text": text}, page=number)
    maker.event(900, "step", {"id": "s1", "title": "Click", "category": "api"})
    maker.close()
    page = context.new_page()
    with viewing(tmp_path / "two.replay") as url:
        open_viewer(page, url)
        panel = show(page, "console")
        expect(rows(panel)).to_have_count(3)
        panel.get_by_role("button", name="This page").click()
        expect(rows(panel)).to_have_text([re.compile("of the first"), re.compile("of none")])
        page.evaluate("() => harness.seek(750, { page: 2 })")
        expect(rows(panel)).to_have_text([re.compile("of the second"), re.compile("of none")])
        page.close()


ODD: tuple[Any, ...] = (
    None, 1, -1.5, "x", [], {}, True, [[1]], {"$": "more"}, [None], {"$": "map", "entries": 3},
    {"$": "object", "properties": [1]},
)  # fmt: skip
CLICK_EVERYTHING = """async (name) => {
  const panel = document.querySelector(name);
  const list = panel.querySelector('.list-body');
  const met = new Set();
  for (let top = 0; list && top <= list.scrollHeight; top += list.clientHeight) {
    list.scrollTop = top;
    await new Promise(requestAnimationFrame);
    for (const row of list.querySelectorAll('.list-space > .row')) {
      if (met.has(row.id)) continue;
      met.add(row.id);
      row.click();
      for (const tab of panel.querySelectorAll('.detail-tabs .tab')) tab.click();
      for (const details of panel.querySelectorAll('.detail-body details')) details.open = true;
    }
  }
  return met.size;
}"""


def test_no_value_of_a_signal_breaks_a_panel(context: BrowserContext, recording: Path, tmp_path: Path) -> None:
    """Every value of every signal is something else for once."""
    path = tmp_path / "odd.replay"
    maker = Maker(path, title=7, browser="x", git=[1], privacy={"a": 1}, signals="x")
    page_of(maker)
    number = 0
    with RecordingReader(recording) as reader:
        told = [event for event in reader.events() if event["kind"].encode() in SIGNAL_KINDS - {b"page-open", b"stop"}]
    for event in told:
        for key in event["data"]:
            number += 1
            data = event["data"] | {"id": f"{event['data'].get('id')}-{number % 5}", key: ODD[number % len(ODD)]}
            maker.event(event["t"], event["kind"], data, page=event.get("page"), doc=event.get("doc"))
        maker.event(event["t"], event["kind"], ODD[number % len(ODD)])
    maker.close()
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with viewing(path) as url:
        open_viewer(page, url)
        for name in TABS:
            show(page, name)
            met = page.evaluate(CLICK_EVERYTHING, f"#panel-{name}")
            assert met > 0 or name in ("call", "source", "vitals", "inspect", "info"), name
        page.evaluate(CLICK_EVERYTHING, ".steps-panel")
        page.keyboard.press("b")
        page.keyboard.press("/")
        page.keyboard.type("e")
        expect(page.locator(".search .summary")).to_contain_text("results")
        assert page.evaluate("() => window.ran") is None
        page.close()
    assert complaints == []


AXE = """async ([part, rules]) => {
  const options = { iframes: false, preload: false, resultTypes: ['violations'] };
  if (rules.length) options.runOnly = rules;
  const { violations } = await axe.run(part, options);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))]);
}"""


def test_axe_finds_nothing_serious(window: Page) -> None:
    seek(window, 1450)
    window.evaluate(Axe().axe_script)

    def violations(part: str, rules: list[str]) -> Any:
        return window.evaluate(AXE, [part, rules])

    schemes: list[tuple[Literal["light", "dark"], list[str]]] = [("light", []), ("dark", ["color-contrast"])]
    for scheme, rules in schemes:
        window.emulate_media(color_scheme=scheme)
        for name in TABS:
            panel = show(window, name)
            if name not in ("source", "inspect") and rows(panel).count():
                rows(panel).nth(1).click()
            seek(window, 1450)
            assert violations(f"#panel-{name}", rules) == [], (scheme, name)
        assert violations(".steps-panel", rules) == [], scheme
        window.keyboard.press("/")
        window.get_by_role("dialog", name="Search").get_by_role("combobox").fill("a")
        expect(window.get_by_role("listbox", name="Results").get_by_role("option").first).to_be_visible()
        assert violations(".search", rules) == [], scheme
        window.keyboard.press("Escape")
    window.emulate_media(color_scheme="light")


def test_the_panels_are_the_same_in_one_file(browser: Browser, recording: Path, tmp_path: Path) -> None:
    with RecordingReader(recording) as reader, (tmp_path / "run.html").open("wb") as file:
        write_html(reader, file)
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    open_viewer(page, (tmp_path / "run.html").as_uri())
    for name, number in (("network", 9), ("console", 5), ("errors", 2), ("actions", 2)):
        expect(rows(show(page, name))).to_have_count(number)
    panel = show(page, "network")
    rows(panel).filter(has_text="order?id=7").click()
    expect(choose_tab(panel, "Response").locator(".verbatim")).to_contain_text('"name": "Lamp"')
    rows(panel).filter(has_text="lamp.svg").click()
    picture = choose_tab(panel, "Response").get_by_role("img")
    page.wait_for_function("(picture) => picture.naturalWidth === 40", arg=picture.element_handle())
    page.get_by_role("treeitem", name="Click get_by_test_id").click()
    expect(show(page, "source").locator(".row.lit")).to_contain_text("click()")
    with context.expect_page() as opened:
        show(page, "inspect").get_by_role("button", name="Open DOM in its own tab").click()
    opened.value.wait_for_function("() => window.harness && harness.ready.then(() => true)")
    assert shown_frame(opened.value).inner_text("h1") == "Your cart"
    assert complaints == []
    context.close()
