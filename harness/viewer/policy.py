"""What the viewer allows: a recording is content from a page that no one vouches for, shown on a developer's machine.

The player's own page runs its own scripts only. The replayed document inherits this policy, stands in an iframe without
`allow-scripts`, and finds nothing to load but the recording's assets. Assets are served so that none of them, opened by
itself, is a page: types that could act are served as text, and the rest in a sandbox.
"""

from __future__ import annotations

import re

_NOTHING_ELSE = {"base-uri": "'none'", "form-action": "'none'", "object-src": "'none'"}


def _policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


PLAYER = _policy(
    {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline' blob:",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self'",
        "frame-src": "'self' blob: data: about:",
        "frame-ancestors": "'self'",
    }
    | _NOTHING_ELSE
)
# The list that is written as a file: no script, no picture but its own, nothing from anywhere.
STATIC_LIST = _policy({"default-src": "'none'", "style-src": "'unsafe-inline'", "img-src": "data:"} | _NOTHING_ELSE)
# A picture that is opened by itself may keep its own looks, SVG has them inside.
ASSET = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
API = "sandbox; default-src 'none'"


def single_file(script_hashes: list[str]) -> str:
    """Return the policy of the single-file export: these scripts (hashes, sha256-…), and what the file holds."""
    return _policy(
        {
            "default-src": "'none'",
            "script-src": " ".join(f"'{digest}'" for digest in script_hashes),
            "style-src": "'unsafe-inline' blob: data:",
            "img-src": "data: blob:",
            "font-src": "data: blob:",
            "media-src": "data: blob:",
            "connect-src": "data: blob:",
            "frame-src": "blob: data: about:",
        }
        | _NOTHING_ELSE
    )


_TYPE = re.compile(r"\s*(?P<kind>[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*)\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?(?P<name>[a-z0-9_.:-]+)", re.IGNORECASE)
_SHOWN = ("image/", "audio/", "video/", "font/", "application/font-", "application/x-font-")
_HARMLESS = frozenset({"text/css", "text/plain", "text/vtt", "application/vnd.ms-fontobject"})
_TEXTUAL = ("+xml", "+json", "/xml", "/json", "/javascript", "/x-javascript", "/ecmascript")


def safe_type(mime: str) -> str:
    """Return the type to serve an asset as: its own where a browser only shows or applies it, else text or bytes.

    Pages, XML and scripts become text/plain: a browser that is led to them must find nothing to run.
    """
    match = _TYPE.fullmatch(mime)
    if match is None:
        return "application/octet-stream"
    kind, charset = match["kind"].lower(), _CHARSET.search(mime)
    if not kind.startswith(_SHOWN) and kind not in _HARMLESS:
        if not kind.startswith("text/") and not kind.endswith(_TEXTUAL):
            return "application/octet-stream"
        kind = "text/plain"
    return f"{kind}; charset={charset['name']}" if charset else kind
