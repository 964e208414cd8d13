"""`harness unpack`, which undoes `harness pack`."""

from __future__ import annotations

from harness.cli.pack import unpack_command as command

__all__ = ["command"]
