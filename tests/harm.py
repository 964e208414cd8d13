"""What recorded text must not do to who looks at it: seen from outside of the browser, and in its markup."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page


def watch(page: Page, *own: str) -> list[str]:
    """Return a list that fills with each dialog, window, download, and request to anything but addresses like `own`."""
    harm: list[str] = []
    context: BrowserContext = page.context

    def on_dialog(dialog: Any) -> None:
        harm.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def on_request(request: Any) -> None:
        if not request.url.startswith((*own, "data:", "blob:", "about:")):
            harm.append(f"request {request.url}")

    page.on("dialog", on_dialog)
    context.on("request", on_request)
    context.on("page", lambda opened: harm.append(f"window {opened.url}"))
    page.on("download", lambda download: harm.append(f"download {download.url}"))
    page.on("websocket", lambda socket: harm.append(f"websocket {socket.url}"))
    return harm


# Nothing in there may run by an attribute, lead anywhere by itself, or be a form; an iframe is another document.
CHANGED = """(selector) => {
  const odd = [];
  for (const element of document.querySelectorAll(selector)) {
    for (const { name, value } of element.attributes) {
      const leads = /^(href|src|action|formaction|data)$/.test(name);
      if (/^on/.test(name) || (leads && /^[\\s\\0-\\x20]*(javascript|vbscript):/i.test(value))) {
        odd.push(`${element.localName} ${name}=${value}`.slice(0, 200));
      }
    }
    if (/^(object|embed|base|portal)$/.test(element.localName)) odd.push(element.localName);
  }
  return odd;
}"""
