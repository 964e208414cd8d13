"""One run of pytest, as all its processes know it: its id, when it began, what it records, where the files belong."""

from __future__ import annotations

import hashlib
import os
import platform
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.pytest.options import Settings

_INPUT = "harness_run"  # the key under which a controller of pytest-xdist tells its workers


@dataclass(frozen=True, slots=True)
class Run:
    """`id` is the same in all processes of the run; `started_at` is epoch seconds."""

    settings: Settings
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started_at: float = field(default_factory=time.time)
    worker: str | None = None

    @classmethod
    def of(cls, config: pytest.Config, settings: Settings) -> Run:
        told = getattr(config, "workerinput", None)
        if told is None:
            return cls(settings)
        known = told.get(_INPUT) or {"id": uuid.uuid4().hex, "started_at": time.time()}
        return cls(settings, known["id"], known["started_at"], told.get("workerid"))

    def tell(self, workerinput: dict[str, Any]) -> None:
        workerinput[_INPUT] = {"id": self.id, "started_at": self.started_at}

    def process(self) -> dict[str, Any]:
        """Return what a file's header says of the process that writes it, so that others can tell whether it lives."""
        return {"pid": os.getpid(), "host": host()}


def host() -> str:
    """Return a word that is this machine's, and tells nobody its name."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]


def is_alive(process: Any) -> bool:
    """Return whether the process that a header names may still be writing. On another machine nobody knows."""
    if not isinstance(process, dict) or not isinstance(process.get("pid"), int):
        return False
    if process.get("host") != host():
        return True
    pid = process["pid"]
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0) if os.name != "nt" else _windows_process(pid)
    except PermissionError:
        return True
    except OSError:
        return False
    return not _is_zombie(pid)


def _windows_process(pid: int) -> None:
    """Raise ProcessLookupError where no process has this id; os.kill would end it."""
    import ctypes

    handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # type: ignore[attr-defined]
    if not handle:
        raise ProcessLookupError
    ctypes.windll.kernel32.CloseHandle(handle)  # type: ignore[attr-defined]


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
