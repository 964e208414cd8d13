"""Levels by element: nested, overridden, in shadow trees and frames, by rules; what comes later; what keeps its box."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

import harness
from harness.privacy.scan import Wanted, scan
from harness.storage import RecordingReader
from tests.recorded import events_of, texts_in

Go = Callable[..., str]


@pytest.fixture
def recorded(browser: Browser, serve_pages: str, tmp_path: Path) -> Go:
    """A function that records the page of levels, with options, and returns all texts of its nodes."""

    def go(act: Callable[[Page], Any] = lambda page: None, **options: Any) -> str:
        context: BrowserContext = browser.new_context()
        path = tmp_path / "run.replay"
        with harness.record(context, path, force=True, signals={"sources": False, "steps": False}, **options):
            page = context.new_page()
            page.goto(f"{serve_pages}/levels.html")
            page.wait_for_function(
                "() => picture.complete && kept.complete && frame.contentDocument.body.children.length"
            )
            act(page)
        context.close()
        return texts_in([event["data"] for event in events_of(path, "snapshot", "mutation", "input")])

    return go


def file_holds(path: Path, *words: str) -> set[str]:
    return {word for word in words if next(scan(path, Wanted([word], shapes=False)), None) is not None}


def test_marks_nest_and_are_overridden(recorded: Go, tmp_path: Path) -> None:
    texts = recorded(lambda page: page.fill("#free", "typed"))
    assert "Plain words" in texts
    assert "Shown words" in texts
    assert "Xxxxxx Xxxxx 00. xxxxx 口口." in texts  # as long, as wide, with spaces where they were
    assert "xxxxx xxxxx" in texts
    private = (
        "Masked Words",
        "inner words",
        "Shadow words",
        "Closed words",
        "Frame words",
        "Named words",
        "Picture words",
        "Hidden words",
    )
    more = ("Never shown", "Blocked words", "Field words", "Edit words")
    assert file_holds(tmp_path / "run.replay", *private, *more) == set()


def test_a_hidden_element_keeps_its_box_and_a_picture_its_size(recorded: Go, tmp_path: Path) -> None:
    recorded()
    nodes: dict[str, dict[str, Any]] = {}

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            if "attributes" in node and node.get("tagName"):
                nodes.setdefault(str(node["attributes"].get("id") or node["attributes"].get("rr_width")), node)
            for part in node.values():
                collect(part)
        elif isinstance(node, list):
            for part in node:
                collect(part)

    path = tmp_path / "run.replay"
    events = events_of(path, "snapshot", "mutation")
    collect([event["data"] for event in events])
    box = nodes["300px"]
    assert (box["attributes"]["rr_height"], box["childNodes"]) == ("40px", [])
    assert "margin:7px" in box["attributes"]["style"]
    assert set(box["attributes"]) == {"style", "rr_width", "rr_height", "data-harness-privacy"}
    texts = str([event["data"] for event in events])
    assert "width='" in texts
    assert "data:image/svg+xml" in texts
    # The picture of the masked element is not kept, and no canvas in it read.
    with RecordingReader(path) as reader:
        urls = {event["data"]["url"].rpartition("/")[2] for event in reader.events() if event["kind"] == "resource"}
    assert urls == {"square.svg?kept"}
    assert not events_of(path, "canvas")


def test_what_comes_later_is_masked_where_it_comes_to(recorded: Go, tmp_path: Path) -> None:
    def act(page: Page) -> None:
        page.evaluate(
            """() => {
              masked.textContent = "New secret one";
              masked.append(document.createElement("b"), "New secret two");
              masked.title = "New secret three";
              hidden.innerHTML = "<i>New secret four</i>";
              hidden.firstChild.firstChild.data = "New secret five";
              host.shadowRoot.innerHTML = "<u>New secret six</u>";
              frame.contentDocument.body.innerHTML = "<p>New secret seven</p>";
              const gone = document.createElement("p");
              masked.append(gone);
              gone.textContent = "New secret eight";
              gone.remove();
              edit.textContent = "New secret nine";
            }"""
        )
        page.locator("#edit").press_sequentially("New secret ten")
        page.evaluate("() => { later.dataset.harnessPrivacy = 'mask'; later.textContent = 'New secret eleven'; }")
        page.evaluate("() => new Promise((done) => setTimeout(done, 60))")
        page.evaluate("() => { later.textContent = 'New secret twelve'; }")

    texts = recorded(act)
    numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    assert file_holds(tmp_path / "run.replay", *(f"New secret {number}" for number in numbers)) == set()
    # The mark came to an element that stands there: what is shown from then on is masked, by a new snapshot.
    snapshots = [texts_in(event["data"]) for event in events_of(tmp_path / "run.replay", "snapshot")]
    assert "Later words" in texts
    assert "Later words" not in snapshots[-1]


def test_rules_by_selector_and_url_and_texts_that_are_shown(recorded: Go, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    recorded(privacy_rules=[{"level": "hidden", "selector": ".customer", "url": "*/levels.html"}])
    assert file_holds(path, "Customer words", "Later words") == {"Later words"}
    recorded(privacy_rules=[{"level": "mask", "url": "*levels*"}, {"level": "allow", "selector": "#ruled"}])
    assert file_holds(path, "Customer words", "Later words", "Plain words") == {"Customer words"}
    recorded(unmask=["Later  words"])
    assert file_holds(path, "Customer words", "Later words", "Plain words") == {"Later words"}


def test_which_option_is_chosen_is_the_users_business(recorded: Go, tmp_path: Path) -> None:
    recorded(lambda page: page.select_option("#choice", "first"))
    controls = [event["data"] for event in events_of(tmp_path / "run.replay", "control")]
    assert not [data for data in controls if "selected" in data]


def test_keys_in_a_closed_shadow_tree_are_known_to_be_a_passwords(recorded: Go, tmp_path: Path) -> None:
    def act(page: Page) -> None:
        page.locator("#shut").click(position={"x": 5, "y": 45})
        page.keyboard.press("Tab")
        page.keyboard.type("qzj")

    recorded(act)
    assert not [event for event in events_of(tmp_path / "run.replay", "key") if event["data"]["key"] in "qzj"]


def test_secrets_are_known_from_when_they_are_told(browser: Browser, serve_pages: str, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path) as recording:
        page = context.new_page()
        page.goto(f"{serve_pages}/levels.html")
        recording.secret('tell "nobody" ü/?')
        page.evaluate(
            "(text) => { plain.textContent = text; plain.title = `(${text})`; console.log({ text }); }",
            'tell "nobody" ü/?',
        )
        page.locator("#free").press_sequentially('tell "nob')
        recording.mark("tell", value='it is tell "nobody" ü/?')
    context.close()
    assert file_holds(path, 'tell "nobody" ü/?') == set()
    marks = events_of(path, "mark")
    assert marks[0]["data"]["data"]["value"].startswith("it is ****")


def test_frames_of_another_origin_are_as_private_as_their_element(
    browser: Browser, serve_directory: Callable[[Path], str], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name in ("plain", "masked", "hidden"):
        (site / f"{name}.html").write_text(f"<!doctype html><title>{name}</title><p>Words that are {name}</p>")
    url = serve_directory(site)
    other = url.replace("127.0.0.1", "localhost")
    (site / "index.html").write_text(
        f"<!doctype html><iframe id=plain src={other}/plain.html></iframe>"
        f"<div data-harness-privacy=mask><iframe id=masked src={other}/masked.html></iframe></div>"
        f"<div data-harness-privacy=hidden><iframe id=hidden src={other}/hidden.html></iframe></div>"
    )
    path = tmp_path / "run.replay"
    context = browser.new_context()
    with harness.record(context, path, signals={"sources": False, "steps": False}):
        page = context.new_page()
        page.goto(f"{url}/index.html")
        for name in ("plain", "masked", "hidden"):
            page.frame_locator(f"#{name}").locator("p").wait_for(state="attached")
        page.wait_for_timeout(1000)  # there is nothing to wait for in what is not recorded
        page.frame_locator("#masked").locator("p").evaluate("(p) => { p.textContent = 'Later words'; }")
        page.frame_locator("#hidden").locator("p").evaluate("(p) => { p.textContent = 'Never words'; }")
        page.wait_for_timeout(300)
    context.close()
    texts = texts_in([event["data"] for event in events_of(path, "snapshot", "mutation")])
    assert "Words that are plain" in texts
    assert "Xxxxx xxxx xxx xxxxxx" in texts
    assert "Xxxxx xxxxx" in texts
    assert file_holds(path, "that are masked", "that are hidden", "Later words", "Never words") == set()


FIELDS = """<style>.dots { -webkit-text-security: disc }</style>
<input class=dots id=a1 value="Qone1111"><div contenteditable aria-label="Password" id=a2>Qtwo2222</div>
<table><tr><td>Card number</td><td><input id=a3 value="Qthree33"></td></tr></table>
<div>PIN code: <input id=a4 value="Qfour444"></div><label>IBAN</label><input id=a5 value="Qfive555">
<output name=iban>Qsix6666</output><input name=email list=known><datalist id=known><option value="Qseven77"
label="Qeight88">Qnine999</option></datalist><dl><dt>Passport</dt><dd><input id=a6 value="Qten0000"></dd></dl>
<select name=card_type><option selected>Other<option value=x>Visa</select>
<p>Find your way in this address book of ours</p><input id=b1 value="Kone1111"><div contenteditable id=b2>Ktwo2222</div>
<label>Ship to address <select><option value="Q1111aaa" label="Q2222bbb" data-x="Q3333ccc">Q4444ddd</select></label>
<output for=a1 id=echo></output><label>Address type <select><option value="Ksix6666">Kseven77</select></label>
<form><label>Password <input type=password></label><input id=b3 value="Kthree33"></form>
<input name=city list=towns><datalist id=towns><option value="Kfour444"></datalist><output>Kfive555</output>"""


def test_sensitive_fields_are_known_by_their_look_their_place_and_what_they_are_for(
    recorded: Go, tmp_path: Path
) -> None:
    def act(page: Page) -> None:
        page.set_content(FIELDS)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        for place in ("a1", "a2", "a3", "a4", "a5", "a6"):
            page.fill(f"#{place}", f"Qlate{place}9")
        page.focus("#a2")
        page.keyboard.type("Z")
        page.evaluate("() => { document.querySelector('output').textContent = 'Qlater99'; }")
        page.evaluate("() => { echo.textContent = 'Qecho000'; }")
        page.evaluate("() => document.querySelector('label select').add(new Option('Q5555eee', 'Q6666fff'))")
        for place in ("b1", "b2", "b3"):
            page.fill(f"#{place}", f"Klate{place}9")
        page.select_option("select", "x")

    recorded(act)
    secret = ("one1111", "two2222", "three33", "four444", "five555", "six6666", "seven77", "eight88", "nine999")
    typed = [f"late{place}9" for place in ("a1", "a2", "a3", "a4", "a5", "a6")]
    path = tmp_path / "run.replay"
    assert file_holds(path, *(f"Q{word}" for word in (*secret, "ten0000", *typed, "later99"))) == set()
    offered = ("Q1111aaa", "Q2222bbb", "Q3333ccc", "Q4444ddd", "Q5555eee", "Q6666fff", "Qecho000")
    assert file_holds(path, *offered) == set()
    plain = {
        "Ksix6666",
        "Kseven77",
        "Kone1111",
        "Ktwo2222",
        "Kthree33",
        "Kfour444",
        "Kfive555",
        "Klateb19",
        "Klateb29",
        "Klateb39",
    }
    assert file_holds(path, *plain) == plain
    assert not [event for event in events_of(path, "key") if event["data"].get("key") == "Z"]


@pytest.mark.parametrize("level", ["allow", "mask"])
def test_what_masked_and_hidden_pictures_show_is_nowhere(
    browser: Browser, serve_pages: str, tmp_path: Path, level: Any
) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context(viewport={"width": 600, "height": 150})
    with harness.record(context, path, privacy=level, check=True, signals={"sources": False, "network": False}):
        page = context.new_page()
        page.goto(f"{serve_pages}/pictures.html")
        page.evaluate("later()")
        page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    context.close()
    events = events_of(path)
    kept = {
        event["data"]["url"].rpartition("?")[2].partition("-")[0] for event in events if event["kind"] == "resource"
    }
    assert kept == ({"shown"} if level == "allow" else set())
    # Blue, red and black: three canvases are shown, and no other is read.
    assert len({e["data"]["id"] for e in events if e["kind"] == "canvas"}) == (3 if level == "allow" else 0)
    (check,) = (event["data"] for event in events if event["kind"] == "check")
    assert ("screenshot" in check) == (level == "allow")
    with RecordingReader(path) as reader:
        assert level == "allow" or not [
            a for a in reader.index.assets.values() if a.mime.startswith(("image", "video"))
        ]
        if level == "allow":
            seen = Image.open(io.BytesIO(reader.asset(check["screenshot"])[0])).convert("RGB")
            assert seen.getpixel((20, 20)) == (255, 0, 0)
            # Between the boxes of a masked row nothing but the page is seen, and of a hidden one nothing at all.
            for row, colours in ((60, {(0, 0, 0), (255, 255, 255)}), (100, {(0, 0, 0)})):
                assert {seen.getpixel((x, y)) for x in range(598) for y in range(row - 16, row + 16)} == colours


@pytest.mark.parametrize(
    ("level", "around", "kept"),
    [
        ("allow", "", {"Kplain111", "Ktext2222"}),
        ("allow", "<i class=rr-mask>i</i>", {"Kplain111", "Ktext2222"}),
        ("mask", "", set()),
    ],
)
def test_failures_quote_nothing_private_of_the_page(
    browser: Browser, tmp_path: Path, level: Any, around: str, kept: set[str]
) -> None:
    path = tmp_path / "run.replay"
    context = browser.new_context()
    fields = "<input id=a type=password value=Qpass111><input id=b type=email value=q@mail222.org>"
    fields += "<select id=s name=card><option>Qsaved33</select><output id=o for=b>Qecho4444</output>"
    masked = (
        around
        and "<p id=m data-harness-privacy=mask title=Qtitle55>Qmasked66</p><div class=rr-block id=h>Qhidden77</div>"
    )
    with harness.record(context, path, privacy=level, signals={"sources": False}) as recording:
        page = context.new_page()
        page.set_content(f"{around}{fields}{masked}<input id=k value=Kplain111><p id=t>Ktext2222</p>")
        for place in ("a", "b", "s", "o", "k", "t", *("mh" if around else "")):
            element = page.locator(f"#{place}")
            fails: list[Callable[[], Any]] = [
                partial(expect(element).to_have_value, "no", timeout=300 if place in "kt" else 80),
                partial(expect(element).to_have_text, "no", timeout=300 if place in "kt" else 80),
                partial(element.select_option, "no", timeout=300 if place in "kt" else 80),
            ]
            for fail in fails:
                try:
                    fail()
                except (AssertionError, Error) as error:
                    # As a test's failure, which is of no page.
                    recording._session.note("test", {"nodeid": place, "longrepr": str(error)})
    context.close()
    secret = ("Qpass111", "q@mail222.org", "Qsaved33", "Qecho4444", "Qtitle55", "Qmasked66", "Qhidden77")
    assert file_holds(path, *secret, *kept, "Kplain111", "Ktext2222") == kept
    if not around and level == "allow":
        texts = str([event["data"] for event in events_of(path, "step-end")])
        assert 'Received: "Kplain111"' in texts
        assert 'Received: "Ktext2222"' in texts
