"""Closed shadow roots that markup declares (`<template shadowrootmode=closed>`).

The parser makes them, no script is ever told of them, and no record of a mutation shows them: only the driver can reach
them. It is asked only for documents whose text declares one, since it has to go through the whole tree for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from harness.capture import driver
from harness.capture.guard import guarded

_DECLARES = re.compile(rb"shadowrootmode\s*=\s*[\"']?closed", re.IGNORECASE)
_MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
_PARSED = """() => document.readyState !== "loading" ||
    new Promise((done) => document.addEventListener("DOMContentLoaded", () => done(true), { once: true }))"""
_MEET = """function () { window.harnessRecorder?.[Symbol.for("harness")].meetRoot(this); }"""
_TAKE = """function () { window.harnessRecorder?.[Symbol.for("harness")].takeRoots(); }"""


class DeclaredRoots:
    """Introduces closed roots to the recorder of their page, which then takes a new snapshot."""

    def __init__(self, context: driver.Context, on_fault: Callable[[Exception], None]) -> None:
        self._context = context
        self.on_fault = on_fault
        self._looking: set[driver.Page] = set()
        self._again: set[driver.Page] = set()

    @guarded
    def on_response(self, response: driver.Response) -> None:
        """Listener of the context's `response` event."""
        mime = response.headers.get("content-type", "")
        if response.request.resource_type == "document" and response.status == 200 and mime.startswith("text/html"):
            driver.spawn(self._context, self._look(response))

    def look_again(self, page: driver.Page) -> None:
        """The page says that a script may have declared some."""
        self._again.add(page)
        if page not in self._looking:
            self._looking.add(page)
            driver.spawn(self._context, self._meet_all(page))

    async def _meet_all(self, page: driver.Page) -> None:
        try:
            while page in self._again:
                self._again.discard(page)
                await self._meet(page)
        except Exception:  # as in `_look`
            return
        finally:
            self._looking.discard(page)

    async def _look(self, response: driver.Response) -> None:
        try:
            body = await driver.body_of(response)
            if len(body) > _MAX_DOCUMENT_BYTES or not _DECLARES.search(body):
                return
            frame = response.frame
            await driver.evaluate(frame, _PARSED)
            await self._meet(frame.page)
        except Exception:  # another browser, or the page went on; what nobody can reach stays empty
            return

    async def _meet(self, page: driver.Page) -> None:
        session = await driver.cdp_session(self._context, page)
        try:
            tree = await driver.cdp_send(session, "DOM.getDocument", {"depth": -1, "pierce": True})
            objects = []
            for node in _closed_roots(tree["root"]):
                found = await driver.cdp_send(session, "DOM.resolveNode", {"backendNodeId": node})
                objects.append(found["object"]["objectId"])
            # Roots of frames have another recorder: each is told that there are no more, once they all are met.
            for function in (_MEET, _TAKE):
                for root in objects:
                    call = {"objectId": root, "functionDeclaration": function}
                    await driver.cdp_send(session, "Runtime.callFunctionOn", call)
        finally:
            await session.detach()


def _closed_roots(top: dict[str, Any]) -> Iterator[int]:
    """Yield the ids of closed shadow roots of authors in a tree of the DOM domain, outer ones first."""
    stack = [top]
    while stack:
        node = stack.pop()
        if node.get("shadowRootType") == "closed":
            yield int(node["backendNodeId"])
        inner = [*node.get("children", ()), *node.get("shadowRoots", ())]
        if "contentDocument" in node:
            inner.append(node["contentDocument"])
        stack += reversed(inner)
