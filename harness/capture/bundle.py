"""The script that is injected into every document: our recorder and, evaluated only where it is needed, rrweb's
`record`."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from harness.capture import rrweb_record
from harness.javascript import js_dir, link, without_comments

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def init_script(config: dict[str, Any]) -> str:
    """Return the script for one recording; `config` is what `install` in js/recorder/record.js takes."""
    recorder, rrweb = _sources()
    # rrweb is a function that most frames never call: V8 only skims it. `define` is hidden from its module wrapper,
    # since a page that loads modules by AMD would get it instead of us.
    return (
        "(() => {\n"
        f"const recorder = {recorder};\n"
        "const loadRrweb = (globalThis, fast) => {\n"
        "const module = { exports: {} }; const exports = module.exports; const define = undefined;\n"
        f"{rrweb}\n"
        "return module.exports.record || exports.rrwebRecord.record;\n};\n"
        f"recorder.install({json.dumps(config)}, loadRrweb);\n"
        "})();"
    )


@cache
def _sources() -> tuple[str, str]:
    # Comments are a quarter of it, and the whole goes through the driver and the browser for every context.
    # One letter beyond Latin-1 would have V8, and all that pass it on, hold and scan two bytes for each of them.
    return _ascii(without_comments(link(js_dir() / "recorder" / "record.js"))), _ascii(rrweb_record.source())


def _ascii(script: str) -> str:
    """Return a script without comments as ASCII; what is not stands in strings, where an escape means the same."""
    return _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], script)
