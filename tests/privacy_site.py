"""A site that says a different word, a canary, in each place of which a recording may tell; and the journey through it.

`PLACES` names the places as the table in docs/privacy.md does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

PAGES = Path(__file__).parent / "pages" / "privacy"
_PLACES = """
    text of the page
    text that changes later
    text in a shadow tree
    text in a closed shadow tree
    text in a frame
    text in a declared shadow tree
    text in an object element
    text in an embedded document
    text of a drawing (SVG)
    text of options and buttons
    page title
    title attribute
    alternative text
    placeholder
    aria-label
    data attribute
    attribute of an unknown name
    description of the page
    comment in the markup
    content in a style element
    content in a style attribute
    content in a stylesheet
    content in an inserted rule
    picture from the network
    picture from a blob
    icon of the page
    query of the icon
    query of a link
    fragment of a link
    query of a picture
    text that a field was written with
    text typed into a field
    text typed into a text area
    text typed into an editable element
    name of a chosen file
    query of the page
    fragment of the page
    query of an address that a script goes on to
    JSON that the page sends
    form that the page sends
    multipart form that the page sends
    name of a file in a multipart form
    header of its own that the page sends
    message that the page sends by WebSocket
    answer to a prompt
    console text
    object on the console
    message of an error
    reason of a rejection
    text of a dialog
    text that a prompt suggests
    name of a download
    JSON that the page receives
    XML that the page receives
    header of its own that the page receives
    message that the page receives by WebSocket
    server-sent event
    text compared in an assertion
    data of a mark
    title of the recording
    e-mail address in text
    card number in text
    telephone number in text
    bank account in text
    national id in text
    e-mail address in received JSON
    password
    password while it is shown
    password typed key by key
    password under another name elsewhere
    e-mail field
    telephone field
    field that is named after a card
    field with a sensitive label
    field for a one-time code
    field that a style draws as dots
    choice that a sensitive field offers
    output that echoes a sensitive field
    hidden field
    token in a meta element
    authorization header
    cookie
    token in received JSON
    token in a URL
    JSON web token in text
    cloud key in an attribute
    bearer token on the console
    password on the console
    masked element
    text that is sent to a masked element
    hidden element
    field in a frame's srcdoc
    storage of the page
    database of the page
    text copied to the clipboard
"""
PLACES = [line.strip() for line in _PLACES.strip().splitlines()]


def canaries(seed: int = 7) -> dict[str, str]:
    """Return a word for each place, of the form that the place asks for; no two have more than a letter in common."""
    dice = random.Random(seed)

    def word(letters: str = "abcdefghkmnpqrstuvwxyz", length: int = 11) -> str:
        return "".join(dice.choice(letters) for _ in range(length))

    said = {place: f"Q{word()}7" for place in PLACES}
    said["e-mail address in text"] = f"{word()}@{word()}.org"
    said["e-mail address in received JSON"] = f"{word()}@{word()}.org"
    said["e-mail field"] = f"{word()}@{word()}.org"
    said["card number in text"] = _luhn(f"4{word('0123456789', 14)}")
    said["field that is named after a card"] = _luhn(f"5{word('0123456789', 14)}")
    said["telephone number in text"] = f"+49 30 {word('123456789', 7)}"
    said["telephone field"] = f"+44 20 {word('123456789', 7)}"
    said["bank account in text"] = _iban(f"DE00{word('0123456789', 18)}")
    said["national id in text"] = f"{word('123456789', 3)}-{word('123456789', 2)}-{word('123456789', 4)}"
    said["JSON web token in text"] = f"eyJ{word(length=20)}.eyJ{word(length=30)}.{word(length=20)}"
    said["cloud key in an attribute"] = f"AKIA{word('ABCDEFGHJKLMNPQRSTUVWXYZ', 16)}"
    said["bearer token on the console"] = word(length=32)
    return said


def _luhn(digits: str) -> str:
    from harness.privacy.patterns import passes_luhn

    return next(f"{digits}{last}" for last in range(10) if passes_luhn(f"{digits}{last}"))


def _iban(text: str) -> str:
    from harness.privacy.patterns import is_iban

    return next(found for number in range(2, 99) if is_iban(found := f"{text[:2]}{number:02}{text[4:]}"))


def _svg(text: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#08c"/>'
        f"<text y='20'>{text}</text></svg>"
    )


def _filled(name: str, words: dict[str, str]) -> str:
    """Return a page of tests/pages/privacy with the word of each {{place}} in it."""
    text = (PAGES / name).read_text("utf-8")
    return re.sub(r"\{\{([^{}]+)\}\}", lambda match: escape(words[match[1]]), text)


class _Handler(BaseHTTPRequestHandler):
    words: dict[str, str]

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        w, path = self.words, self.path.partition("?")[0]
        if path == "/ws":
            self._socket()
        elif path == "/":
            self._answer(
                _filled("index.html", w), "text/html; charset=utf-8", {"Set-Cookie": f"session={w['cookie']}; Path=/"}
            )
        elif path == "/marked":
            self._answer(_filled("marked.html", w), "text/html; charset=utf-8")
        elif path == "/late":
            self._answer(json.dumps({"note": w["text that is sent to a masked element"]}), "application/json")
        elif path == "/words.js":
            # Scripts of pages are nowhere recorded.
            script = f"const w = {json.dumps(w)};\n{(PAGES / 'words.js').read_text('utf-8')}"
            self._answer(script, "text/javascript")
        elif path == "/site.css":
            # Its page is written before anybody knows which of its fields it draws as dots.
            time.sleep(0.3)
            sheet = f'.b::after {{ content: "{w["content in a stylesheet"]}" }} .dots {{ -webkit-text-security: disc }}'
            self._answer(sheet, "text/css")
        elif path == "/icon.svg":
            self._answer(_svg(w["icon of the page"]), "image/svg+xml")
        elif path in ("/object", "/embed"):
            place = "text in an object element" if path == "/object" else "text in an embedded document"
            self._answer(f"<!doctype html><title>Inner</title><p>{w[place]}</p>", "text/html")
        elif path == "/xml":
            self._answer(f"<note>{w['XML that the page receives']}</note>", "application/xml")
        elif path == "/picture.svg":
            self._answer(_svg(w["picture from the network"]), "image/svg+xml")
        elif path == "/json":
            body = {
                "note": w["JSON that the page receives"],
                "access_token": w["token in received JSON"],
                "who": w["e-mail address in received JSON"],
            }
            own = {"X-Note": w["header of its own that the page receives"]}
            self._answer(json.dumps(body), "application/json", own)
        elif path == "/events":
            # The driver listens a moment after the stream has begun, so it is said more than once.
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for _ in range(4):
                self.wfile.write(f"data: {w['server-sent event']}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.15)
            self.close_connection = True
        elif path == "/download":
            name = {"Content-Disposition": f'attachment; filename="{w["name of a download"]}.txt"'}
            self._answer("content", "text/plain", name)
        elif path == "/plain":
            self._answer("well", "text/plain")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer("{}", "application/json")

    def _answer(self, body: str, mime: str, headers: dict[str, str] | None = None) -> None:
        content = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _socket(self) -> None:
        """One message each way (RFC 6455), then the end."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.wfile.write(f"{head}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        text = self.words["message that the page receives by WebSocket"].encode()
        self.wfile.write(struct.pack("!BB", 0x81, len(text)) + text)
        length = self.rfile.read(2)[1] & 0x7F
        self.rfile.read(4 + length)
        self.wfile.write(b"\x88\x00")
        self.close_connection = True


@contextmanager
def site(words: dict[str, str]) -> Iterator[str]:
    """Serve the pages with these canaries; give the URL, without a slash at the end."""
    handler = type("Handler", (_Handler,), {"words": words})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def journey(context: BrowserContext, recording: Any, url: str, w: dict[str, str], file: str) -> Page:
    """Go through all places; `file` is one whose name is a canary."""
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept(w["answer to a prompt"] if dialog.type == "prompt" else ""))
    page.goto(f"{url}/?who={w['query of the page']}#{w['fragment of the page']}")
    page.fill("#free", w["text typed into a field"])
    page.fill("#area", w["text typed into a text area"])
    page.locator("#edit").press_sequentially(w["text typed into an editable element"])
    page.fill("#entry", w["password"])
    page.evaluate("document.getElementById('entry').type = 'text'")
    page.fill("#entry", w["password while it is shown"])
    page.locator("#entry2").press_sequentially(w["password typed key by key"])
    page.fill("#entry2", w["password under another name elsewhere"])
    page.wait_for_function("() => new Promise((resolve) => setTimeout(() => resolve(true), 250))")
    page.evaluate("(text) => console.log('the user said ' + text)", w["password under another name elsewhere"])
    expect(page.locator("#entry2")).to_have_value(w["password under another name elsewhere"])
    page.locator("#later").select_text()
    page.locator("#entry2").select_text()
    page.fill("#mail", w["e-mail field"])
    page.fill("#call", w["telephone field"])
    page.fill("#pay", w["field that is named after a card"])
    page.fill("#asked", w["field with a sensitive label"])
    page.fill("#code", w["field for a one-time code"])
    page.set_input_files("#file", file)
    page.evaluate("() => act()")
    with page.expect_download():
        page.click("#down")
    expect(page.locator("#later")).not_to_have_text(w["text compared in an assertion"])
    recording.mark("seen", note=w["data of a mark"])
    page.wait_for_function("() => blob.complete")
    marked = context.new_page()
    marked.goto(f"{url}/marked")
    marked.wait_for_function("() => filled.textContent.length > 5")
    return page
