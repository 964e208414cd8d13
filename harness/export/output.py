"""The file that an export writes: never half of one, never over something that was there unless that was asked for."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from harness.errors import OutputExistsError, UsageError


@contextmanager
def new_file(path: Path, *, source: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Open `path` for writing; it appears when the block ends well. The file that is there stays until then.

    Raises UsageError if it exists and not `force`, if it is `source`, or if it cannot be made or written.
    """
    if path.is_dir():
        raise UsageError(f"{path}: is a directory; name a file in it", path=path)
    if path.exists() and source.exists() and path.samefile(source):
        raise UsageError(f"{path}: is the recording itself; name another file", path=path)
    if os.path.lexists(path) and not force:
        raise OutputExistsError(path)
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("xb")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with file:
            yield file
        if force:
            part.replace(path)
        else:
            # A link fails where a file appeared meanwhile; where there are no links, the moment between is accepted.
            try:
                os.link(part, path)
            except FileExistsError:
                raise
            except OSError:
                part.replace(path)
    except FileExistsError as error:
        raise OutputExistsError(path) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _unwritable(path: Path, error: OSError) -> UsageError:
    reason = (error.strerror or str(error)).lower()
    return UsageError(f"{path}: cannot be written: {reason}; name another file", path=path)
