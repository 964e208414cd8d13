"""The viewer's window in a browser: each control and key, what is drawn on page and timeline, links, accessibility."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, expect

from tests.viewing import (
    DURATION_MS,
    MARKED,
    READY,
    SHOWN,
    STEPS_MS,
    now,
    seek,
    shown,
    viewing,
    violations,
    wait_for_time,
    write_window_recording,
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with viewing(write_window_recording(tmp_path_factory.mktemp("window") / "run.replay")) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context
    context.close()


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """What the window complained of."""
    return []


@pytest.fixture(scope="module")
def tab(context: BrowserContext, errors: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return page


@pytest.fixture
def window(tab: Page, url: str, errors: list[str]) -> Iterator[Page]:
    """The window as it opens, with a memory that is empty; the test fails if anything in it does."""
    errors.clear()
    tab.goto("about:blank")
    tab.goto(url)
    tab.evaluate("() => localStorage.clear()")
    tab.evaluate(READY)
    tab.wait_for_selector(MARKED, state="attached")
    yield tab
    assert errors == []


def test_it_opens_at_the_first_picture(window: Page) -> None:
    assert now(window) == pytest.approx(102)
    assert shown(window).inner_text("h1") == "zero"
    assert window.locator(SHOWN).count() == 1
    expect(window.locator(".url")).to_have_text("http://shop.example/")
    expect(window.locator(".viewport-size")).to_contain_text("1280 × 720")
    expect(window.locator(".status")).to_have_text("failed")
    title = "Checkout </script>⟨U+202E⟩ <b>bold</b>"
    assert window.locator("h1.title bdi").text_content() == title
    assert window.title().startswith("Checkout")


def test_the_keys_move_the_playhead(window: Page) -> None:
    seek(window, 10_000)
    press = window.keyboard.press
    for key, t in [
        ("ArrowRight", 15_000), ("ArrowLeft", 10_000), ("Shift+ArrowRight", 10_100), ("Shift+ArrowLeft", 10_000),
        (".", STEPS_MS[3]), (",", STEPS_MS[2]), (",", 6000), (",", STEPS_MS[1]), ("End", DURATION_MS), ("Home", 0),
    ]:  # fmt: skip
        press(key)
        wait_for_time(window, t)
    window.get_by_role("button", name="Next step").click()
    wait_for_time(window, STEPS_MS[0])
    window.get_by_role("button", name="Previous step").click()
    expect(window.get_by_role("status")).to_have_text("No step before this")


def test_play_pause_and_speed(window: Page) -> None:
    press = window.keyboard.press
    speed = window.get_by_label("Speed")
    for key, value in (("]", "2"), ("]", "4"), ("[", "2"), ("[", "1"), ("[", "0.5"), ("[", "0.5")):
        press(key)
        expect(speed).to_have_value(value)
    speed.select_option("16")
    assert window.evaluate("() => harness.speed") == 16
    speed.select_option("2")
    window.get_by_role("button", name="Play").click()
    window.wait_for_function("() => harness.now > 1000")
    expect(window.locator(".clock .now")).not_to_have_text("0:00.102")
    window.get_by_role("button", name="Pause").click()
    assert window.evaluate("() => harness.player.playing") is False
    # A button that has the keyboard takes Space for itself, and plays all the same.
    press("Space")
    expect(window.get_by_role("button", name="Pause")).to_be_visible()
    press("k")
    expect(window.get_by_role("button", name="Play")).to_be_visible()


def test_inactivity_is_skipped(window: Page) -> None:
    seek(window, 10_500)
    window.keyboard.press("i")
    expect(window.get_by_role("button", name="Skip idle")).to_have_attribute("aria-pressed", "true")
    window.keyboard.press("Space")
    window.wait_for_function("() => harness.now > 19000", timeout=8000)
    window.keyboard.press("Space")
    window.keyboard.press("i")
    assert window.evaluate("() => harness.player.skipInactivity") is False


def test_tabs_follow_the_active_page_until_one_is_chosen(window: Page) -> None:
    tabs = window.get_by_role("tablist", name="Pages of the recording").get_by_role("tab")
    expect(tabs).to_have_count(2)
    window.keyboard.press("End")
    wait_for_time(window, DURATION_MS)
    expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
    window.evaluate("() => location.hash = '#t=21200'")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    assert shown(window).inner_text("h1") == "phone"
    expect(window.locator(".device.framed")).to_be_visible()
    # As small, but with a mouse: a popup on a desk.
    seek(window, 22_900)
    expect(window.locator(".device.framed")).to_have_count(0)
    seek(window, 21_200)
    expect(window.locator(".device.framed")).to_be_visible()
    tabs.nth(0).click()
    wait_for_time(window, 21_200)
    assert shown(window).inner_text("h1") == "one"
    expect(window.locator(".device.framed")).to_have_count(0)
    follow = window.get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "false")
    window.keyboard.press("f")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    window.keyboard.press("PageUp")
    expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
    # A page that is not there at this moment is shown when it is.
    window.evaluate("() => location.hash = '#t=1500'")
    wait_for_time(window, 1500)
    window.keyboard.press("PageDown")
    wait_for_time(window, 20_102)
    tabs.nth(1).press("ArrowLeft")
    expect(tabs.nth(0)).to_be_focused()


def test_two_pages_stand_side_by_side(window: Page) -> None:
    seek(window, 21_300, 2)
    window.keyboard.press("d")
    beside = window.get_by_role("region", name="Page beside")
    expect(beside).to_be_visible()
    shows = (
        "(text) => document.querySelector('.beside iframe.shown')?.contentDocument?.body?.textContent.includes(text)"
    )
    window.wait_for_function(shows, arg="one")
    assert shown(window).inner_text("h1") == "phone"
    window.keyboard.press("PageUp")
    window.wait_for_function(shows, arg="phone")
    window.keyboard.press("Home")
    expect(beside).to_contain_text("nothing to show")
    window.get_by_role("button", name="Side by side").click()
    expect(beside).to_be_hidden()
    assert window.locator(".beside iframe").count() == 0


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box
    return box


def test_the_page_is_made_to_fit_or_stands_at_its_own_size(window: Page) -> None:
    holder = window.locator(SHOWN)
    assert box_of(holder)["width"] < 700
    window.keyboard.press("z")
    expect(window.get_by_role("button", name="1:1")).to_have_attribute("aria-pressed", "true")
    assert box_of(holder)["width"] == 1280
    window.get_by_role("button", name="1:1").click()
    assert box_of(holder)["width"] < 700


@pytest.mark.parametrize(
    ("name", "smaller", "along"),
    [("Width of the steps", "ArrowLeft", "x"), ("Height of the panels", "ArrowDown", "y")],
)
def test_regions_are_resized_by_keys_and_mouse_and_stay_so(window: Page, name: str, smaller: str, along: str) -> None:
    border = window.get_by_role("separator", name=name)

    def size(attribute: str = "aria-valuenow") -> int:
        return int(border.get_attribute(attribute) or 0)

    before = size()
    border.press(smaller)
    assert size() == before - 24
    border.press("Home" if along == "x" else "End")
    assert size() == size("aria-valuemin")
    box = box_of(border)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    window.mouse.move(x, y)
    window.mouse.down()
    window.mouse.move(x + (50 if along == "x" else 0), y - (50 if along == "y" else 0))
    window.mouse.up()
    assert size() == pytest.approx(size("aria-valuemin") + 50, abs=3)
    dragged = size()
    window.reload()
    window.evaluate(READY)
    assert size() == dragged
    border.press("Enter")
    assert size() == before


def test_pointer_click_keys_and_target_are_drawn(window: Page) -> None:
    seek(window, 1100)
    expect(window.locator(".pointer-arrow")).to_be_visible()
    expect(window.locator(".ripple:visible")).to_have_count(1)
    outline = window.locator(".outline")
    expect(outline).to_be_visible()
    expect(outline).to_contain_text('Click locator("button")')
    button, box = box_of(shown(window).locator("button")), box_of(outline)
    assert abs(button["x"] - box["x"]) < 2
    assert abs(button["width"] - box["width"]) < 2
    seek(window, 3000)
    expect(outline).to_be_hidden()
    expect(window.locator(".ripple:visible")).to_have_count(0)
    seek(window, 4700)
    assert window.locator(".keys kbd").all_inner_texts() == ["Ada", "Ctrl + Enter ↵", "•"]
    seek(window, 8000)
    assert window.locator(".keys kbd").count() == 0
    seek(window, 21_120, 2)
    expect(window.locator(".pointer.touch .finger")).to_be_visible()


def test_a_check_shows_the_live_picture_and_the_difference(window: Page) -> None:
    group = window.get_by_role("group", name="What the stage shows")
    expect(group).to_be_hidden()
    seek(window, 7000)
    expect(group).to_be_visible()
    picture = window.get_by_role("img", name="Screenshot of the recorded page")
    expect(picture).to_be_hidden()
    group.get_by_role("button", name="Live").click()
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1
    window.keyboard.press("v")
    expect(window.locator(".sheet.difference")).to_be_visible()
    window.keyboard.press("v")
    expect(picture).to_be_hidden()


def test_the_timeline_has_marks_and_bands(window: Page) -> None:
    kinds = ("step", "step-failed", "navigation", "vital", "frustration", "error", "check", "lost")
    assert [window.locator(f".mark.{kind}").count() for kind in kinds] == [4, 1, 1, 1, 1, 1, 1, 2]
    assert window.locator(".signs .mark[data-t='6000']").count() == 1
    assert window.locator(".bands .active").count() >= 3
    idle = window.evaluate(
        """() => {
          const track = document.querySelector('.track').getBoundingClientRect();
          return [...document.querySelectorAll('.bands .active')].some((band) => {
            const box = band.getBoundingClientRect();
            const at = (t) => track.left + (t / harness.duration) * track.width;
            return box.left < at(14000) && box.right > at(14000);
          });
        }"""
    )
    assert idle is False


def x_of(page: Page, t: float) -> float:
    box = box_of(page.locator(".track"))
    return box["x"] + t / DURATION_MS * box["width"]


def test_dragging_seeks_and_snaps_to_steps(window: Page) -> None:
    window.mouse.move(x_of(window, 12_000), 90)
    window.mouse.down()
    window.wait_for_function("() => Math.abs(harness.now - 12000) < 30")
    window.mouse.move(x_of(window, STEPS_MS[3]) + 4, 90)
    wait_for_time(window, STEPS_MS[3])
    window.mouse.up()
    window.keyboard.down("Alt")
    window.mouse.click(x_of(window, STEPS_MS[2]) + 4, 90)
    window.keyboard.up("Alt")
    window.wait_for_function("() => harness.now > 8050 && harness.now < 8300")
    track = window.get_by_role("slider", name="Time")
    expect(track).to_be_focused()
    track.press("ArrowUp")
    window.wait_for_function("() => harness.now > 9050 && harness.now < 9300")
    expect(track).to_have_attribute("aria-valuetext", re.compile(r"^0:09\.\d+ of 0:30$"))


def test_zoom_and_pan(window: Page) -> None:
    seek(window, 15_000)
    ticks = window.locator(".tick").count()
    for _ in range(6):
        window.keyboard.press("+")
    bar = window.locator(".zoom-thumb")
    expect(bar).to_be_visible()
    assert window.locator(".tick").first.inner_text() != "0:00"
    first = window.locator(".tick").first.inner_text()
    window.mouse.move(x_of(window, 15_000), 50)
    window.mouse.down()
    window.mouse.move(x_of(window, 15_000) + 300, 50, steps=3)
    window.mouse.up()
    assert window.locator(".tick").first.inner_text() < first
    assert now(window) == 15_000
    window.keyboard.press("-")
    window.keyboard.press("0")
    expect(bar).to_be_hidden()
    assert window.locator(".tick").count() == ticks
    window.mouse.move(x_of(window, 5000), 90)
    window.keyboard.down("Control")
    window.mouse.wheel(0, -800)
    window.keyboard.up("Control")
    expect(bar).to_be_visible()


def test_pictures_of_the_replay(window: Page) -> None:
    expect(window.locator(".picture").nth(5)).to_be_attached()
    window.mouse.move(x_of(window, STEPS_MS[2]) + 2, 110)
    preview = window.locator(".preview")
    expect(preview).to_be_visible()
    expect(preview).to_contain_text("0:08.000")
    expect(preview).to_contain_text("Expect toHaveText")
    window.wait_for_function(
        "() => document.querySelector('.preview iframe.shown')?.contentDocument?.body?.textContent.includes('one')"
    )
    assert window.locator(SHOWN).count() == 1
    window.mouse.move(600, 500)
    expect(preview).to_be_hidden()


def test_links_reopen_the_same_sight(window: Page, context: BrowserContext, url: str) -> None:
    window.evaluate("() => location.hash = '#t=21300&page=2'")
    wait_for_time(window, 21_300)
    window.keyboard.press("l")
    expect(window.get_by_role("status")).to_have_text("A link to this moment is copied")
    link = window.evaluate("() => navigator.clipboard.readText()")
    assert link.startswith(f"{url}#t=21300&page=2")
    other = context.new_page()
    other.goto(link)
    other.evaluate(READY)
    assert other.evaluate("() => [harness.now, harness.page]") == [21_300, 2]
    other.close()
    # The address says where the playhead rests; nonsense in it is passed over.
    seek(window, 2000, 1)
    window.wait_for_function("() => location.hash.startsWith('#t=2000&page=1')")
    window.evaluate("() => location.hash = '#t=NaN&page=77&panel=%22%3E'")
    window.evaluate("() => location.hash = '#t=1e99&page=77'")
    wait_for_time(window, DURATION_MS)


def test_what_is_missing_is_told(window: Page) -> None:
    button = window.get_by_role("button", name="3 events lost")
    button.click()
    listed = window.locator("#losses")
    expect(listed).to_be_visible()
    expect(listed).to_contain_text("1 file not kept")
    listed.get_by_role("button", name="too large: http://shop.example/big.mp4").click()
    wait_for_time(window, 26_600)
    window.keyboard.press("Escape")
    expect(listed).to_be_hidden()


def test_theme_and_help(window: Page) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = window.evaluate(ground)
    window.keyboard.press("t")
    assert window.evaluate(ground) == light
    window.get_by_role("button", name="Theme: light").click()
    dark = window.evaluate(ground)
    assert dark != light
    window.reload()
    window.evaluate(READY)
    assert window.evaluate(ground) == dark
    window.emulate_media(color_scheme="dark")
    window.keyboard.press("t")
    assert window.evaluate(ground) == dark
    window.emulate_media(color_scheme="light")
    assert window.evaluate(ground) == light
    window.keyboard.press("?")
    help_list = window.get_by_role("dialog", name="Keyboard")
    expect(help_list).to_be_visible()
    expect(help_list).to_contain_text("Skip inactivity")
    listed = help_list.locator("kbd").all_inner_texts()
    assert len(listed) == len(set(listed)), "two things on one key"
    before = now(window)
    window.keyboard.press("End")
    assert now(window) == before, "keys of the window act behind the list"
    window.keyboard.press("Escape")
    expect(help_list).to_be_hidden()


def test_axe_finds_nothing_serious(window: Page) -> None:
    seek(window, 8600)
    window.get_by_role("button", name="3 events lost").click()
    assert violations(window) == []
    window.emulate_media(color_scheme="dark")
    assert violations(window) == []
    window.emulate_media(color_scheme="light")
    window.keyboard.press("Escape")
    window.keyboard.press("?")
    assert violations(window) == []


def test_every_control_is_reached_by_tab(window: Page) -> None:
    wanted = {"Play", "Next step", "Previous step", "Speed", "Skip idle", "Time", "1:1", "Width of the steps",
              "Height of the panels", "Keyboard", "Copy a link to this moment", "Follow"}  # fmt: skip
    met = set()
    for _ in range(60):
        window.keyboard.press("Tab")
        met.add(
            window.evaluate(
                """() => {
                  const at = document.activeElement;
                  return at ? (at.getAttribute('aria-label') || at.textContent).trim() : '';
                }"""
            )
        )
    assert wanted <= met
