"""Which icons capture asks for itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.capture import driver
from harness.capture.icons import Icons


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://127.0.0.1:80/icon.png", True),
        ("http://127.0.0.1:81/icon.png", False),
        ("https://127.0.0.1:80/icon.png", False),
        ("http://cdn.test/icon.png", False),
        ("data:image/png;base64,AA==", False),
    ],
)
def test_an_icon_is_asked_for_only_at_the_origin_of_its_page(
    url: str, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    assets = SimpleNamespace(has=lambda url: False, start=lambda fetch: started.append(fetch))
    monkeypatch.setattr(driver, "is_routed", lambda context, page: False)
    icons = Icons(SimpleNamespace(), assets)  # type: ignore[arg-type]
    batch = SimpleNamespace(of_kind=lambda kind: [f'{{"data": {{"url": "{url}"}}}}'])
    page = SimpleNamespace(url="http://127.0.0.1:80/page.html")
    icons.on_batch(batch, page)  # type: ignore[arg-type]
    icons.on_batch(batch, page)  # type: ignore[arg-type]
    assert len(started) == int(asked)  # once
    for fetch in started:
        fetch.close()
