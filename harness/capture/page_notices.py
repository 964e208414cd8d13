"""What a page's recorder tells for us alone, among its events: what it masks, which pictures are private, contents,
and that scripts have declared closed shadow roots."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from harness.capture import driver
from harness.capture.assets import AssetCollector
from harness.capture.batch import Batch
from harness.capture.declared_roots import DeclaredRoots

_OURS = frozenset({"hides", "picture", "blob", "declares"})


class PageNotices:
    """Takes them out of the batches, so that none of them is written."""

    def __init__(
        self, emit: Callable[..., None], assets: AssetCollector | None, roots: DeclaredRoots | None = None
    ) -> None:
        """`emit(kind, data, page)` writes an event of ours; without `assets` no content is kept."""
        self._emit = emit
        self._assets = assets
        self._roots = roots
        self.hiding: set[driver.Page] = set()  # pages that mask or hide some of their elements

    def take(self, batch: Batch, page: driver.Page) -> Batch:
        """Return the batch without notices."""
        if batch.kinds.isdisjoint(_OURS):
            return batch
        batch, hides = batch.taken("hides")
        if hides:
            self.hiding.add(page)
        batch, declares = batch.taken("declares")
        if declares and self._roots is not None:
            self._roots.look_again(page)
        batch, pictures = batch.taken("picture")
        if pictures and self._assets is not None:
            late = self._assets.pictures.take([json.loads(line)["data"] for line in pictures])
            if late:
                reason = "pictures were kept before the page said that they are private"
                self._emit("gap", {"reason": reason, "lost": 0, "detail": f"{len(late)} of them"}, page)
        batch, blobs = batch.taken("blob")
        for line in blobs:
            self._store(json.loads(line)["data"], page)
        return batch

    def _store(self, blob: dict[str, str], page: driver.Page) -> None:
        """A content that the page made becomes an asset, with a `resource` event."""
        if self._assets is None:
            return
        if "content" in blob:
            self._assets.add_once_allowed([blob["url"]], base64.b64decode(blob["content"]), blob["mime"], page)
        else:
            omitted = {"url": blob["url"], "reason": blob["omitted"], "size": blob["size"]}
            self._emit("resource-omitted", omitted, page)
