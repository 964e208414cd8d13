"""The words that stand in `kind` of an event; docs/format.md says what each one's `data` holds.

Readers keep, count and pass over words that are not here.
"""

from __future__ import annotations

RRWEB = {
    "load": (0, 1),
    "snapshot": (2,),
    "meta": (4,),
    "custom": (5, 6),
}
"""kind: the numbers in `type` of events that rrweb's recorder made."""

RRWEB_INCREMENTAL = {
    "mutation": 0,
    "mousemove": 1,
    "mouse": 2,
    "scroll": 3,
    "viewport": 4,
    "input": 5,
    "touchmove": 6,
    "media": 7,
    "style-rule": 8,
    "canvas-commands": 9,
    "font": 10,
    "log": 11,
    "drag": 12,
    "style-declaration": 13,
    "selection": 14,
    "adopted-style-sheet": 15,
    "custom-element": 16,
}
"""kind: the number in `data.source` of events whose `type` is 3."""

OWN = (
    "recording",
    "page-open",
    "page-close",
    "page-crash",
    "document",
    "document-frame",
    "document-end",
    "url",
    "title",
    "icon",
    "visibility",
    "resource",
    "resource-omitted",
    "sheet",
    "adopted-sheets",
    "fonts",
    "property",
    "slot",
    "highlights",
    "element-state",
    "media-features",
    "canvas",
    "control",
    "top-layer",
    "picker",
    "animation",
    "svg-time",
    "svg-moments",
    "view-transition",
    "visual-viewport",
    "focus",
    "text-selection",
    "key",
    "mark",
    "user",
    "context",
    "pause",
    "resume",
    "gap",
    "checkpoint",
    "status",
    "stop",
)

SIGNALS = (
    "step",
    "step-target",
    "step-end",
    "source",
    "request",
    "response",
    "request-end",
    "websocket",
    "websocket-message",
    "websocket-close",
    "server-sent-event",
    "console",
    "page-error",
    "dialog",
    "dialog-end",
    "download",
    "download-end",
    "upload",
    "navigation",
    "vital",
    "long-task",
    "long-animation-frame",
    "memory",
    "resource-timing",
    "action",
    "frustration",
    "custom-error",
    "check",
    "fidelity",
    "test",
    "thinned",
)
"""What happened beside the DOM."""

KINDS = (*RRWEB, *RRWEB_INCREMENTAL, *OWN, *SIGNALS)
