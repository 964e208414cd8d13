"""What `harness info --json` prints and `replay.info` returns: a recording in short, from its header and index."""

from __future__ import annotations

from typing import Any

from harness.fidelity.verdict import verdict_of
from harness.storage import RecordingReader

COUNTED = {
    "steps": ("step",),
    "requests": ("request",),
    "console": ("console",),
    "errors": ("page-error", "custom-error", "page-crash"),
    "dialogs": ("dialog",),
    "downloads": ("download",),
    "navigations": ("navigation",),
    "actions": ("action",),
    "frustrations": ("frustration",),
}
"""What is counted of what happened besides the DOM: its name, and the kinds of its beginnings."""


def recording_info(reader: RecordingReader) -> dict[str, Any]:
    """Return what is in the recording as JSON values; times are ms, `started_at` is epoch ms."""
    header, index = reader.header, reader.index
    return {
        "path": str(reader.path),
        "title": header.get("title"),
        "status": index.status,
        "started_at": header.get("started_at"),
        "duration_ms": index.duration_ms,
        "complete": reader.complete,
        "events": index.events,
        "lost_events": None if index.lost_unknown else index.lost_events,  # None: nobody knows how many
        "size_bytes": reader.size_bytes,
        "pages": [
            {
                "id": page.id,
                "url": page.url,
                "title": page.title,
                "opened_ms": page.opened_ms,
                "closed_ms": page.closed_ms,
                "opener": page.opener,
            }
            for page in index.pages
        ],
        "marks": [{"t": mark.t, "label": mark.label, "data": mark.data, "page": mark.page} for mark in index.marks],
        "kinds": index.kinds,
        "signals": {name: sum(index.kinds.get(kind, 0) for kind in kinds) for name, kinds in COUNTED.items()},
        "segments": len(index.segments),
        "assets": len(index.assets),
        "asset_bytes": sum(asset.size for asset in index.assets.values()),
        "omitted": len(index.omitted),
        "fidelity": verdict_of(reader),
        "privacy": header.get("privacy"),
        "browser": header.get("browser"),
        "session_sampled": header.get("session_sampled"),
        "replay_sampled": header.get("replay_sampled"),
        "id": header.get("id"),
        "harness_version": header.get("harness_version"),
        "format_version": header.get("format_version"),
    }
