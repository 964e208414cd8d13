"""Every error that harness raises on purpose.

    HarnessError
      UsageError                 the request is impossible
        OutputExistsError        the file to be written is there already
      BrowserError               missing, crashed, or page closed under us
      RecordingError
        CorruptRecordingError    bytes do not match the format
        UnsupportedVersionError  written by a version we cannot read
      ReplayError                valid data that cannot be rebuilt

A message is one line: what and where (file, byte, test), then what to do next. The command line prints it and exits
with 2.
"""

from __future__ import annotations

from os import PathLike


class HarnessError(Exception):
    """Base of the tree above; `path` and `offset` say where, as far as it is known."""

    def __init__(self, message: str, *, path: str | PathLike[str] | None = None, offset: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.offset = offset


class UsageError(HarnessError):
    """The request is impossible as it was made."""


class OutputExistsError(UsageError):
    """The file that is to be written is there already, and it was not said that it may be replaced."""

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(f"{path}: exists already; name another file, or replace it with force=True", path=path)

    @property
    def on_command_line(self) -> str:
        """The message in the words of the command line."""
        return f"{self.path}: exists already; name another file, or replace it with --force"


class BrowserError(HarnessError):
    """A browser is missing or died, or a page was closed under us."""


class RecordingError(HarnessError):
    """A recording cannot be written or read."""


class CorruptRecordingError(RecordingError):
    """The bytes do not match the format."""


class UnsupportedVersionError(RecordingError):
    """The file was written by a version of the format that this one cannot read."""

    def __init__(
        self, message: str, *, found: int, path: str | PathLike[str] | None = None, offset: int | None = None
    ) -> None:
        super().__init__(message, path=path, offset=offset)
        self.found = found


class ReplayError(HarnessError):
    """The data are valid but cannot be rebuilt into a page."""


class HarnessWarning(UserWarning):
    """Recording goes wrong but the program that is recorded goes on: a full disk, a lost event."""
