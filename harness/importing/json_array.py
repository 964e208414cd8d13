"""The elements of a large JSON array, one after the other: the file is read piece by piece, never held as a whole."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

PIECE_BYTES = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")


class NotAnArray(ValueError):
    """What stands in the file instead; `offset` is a character's place, `cut_off` whether the file just ends."""

    def __init__(self, what: str, *, offset: int = 0, cut_off: bool = False) -> None:
        super().__init__(what)
        self.offset = offset
        self.cut_off = cut_off


def elements(file: BinaryIO, *, progress: Callable[[int], None] = lambda read: None) -> Iterator[Any]:
    """Yield the elements of the array in `file`, or the values of a file that has one on each line.

    `progress` is told how many bytes were read. Raises NotAnArray after the last element that could be read.
    """
    text = _Text(file, progress)
    first = text.peek()
    if first == "":
        raise NotAnArray("it is empty")
    if first not in "[{":
        raise NotAnArray(f"JSON of events begins with [, this with {first!r}", offset=text.offset)
    array = first == "["
    if array:
        text.skip()
        if text.peek() == "]":
            return
    while True:
        yield text.value()
        mark = text.peek()
        if array and mark == "]":
            text.skip()
            if text.peek():
                raise NotAnArray("something follows the array", offset=text.offset)
            return
        if mark == "":
            if array:
                raise NotAnArray("it ends inside the array", offset=text.offset, cut_off=True)
            return
        if array:
            if mark != ",":
                raise NotAnArray(f"between two elements stands {mark!r}", offset=text.offset)
            text.skip()
            text.peek()


class _Text:
    """The characters that are there and not used yet."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], None]) -> None:
        self._file = file
        self._progress = progress
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._before = 0  # characters that were used and dropped
        self._read = 0
        self._ended = False

    @property
    def offset(self) -> int:
        return self._before + self._at

    def peek(self) -> str:
        """Return the next character that is no white space, "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more(PIECE_BYTES)

    def skip(self) -> None:
        self._at += 1

    def value(self) -> Any:
        """Return the JSON value that begins here."""
        size = PIECE_BYTES
        while True:
            try:
                value, self._at = self._scan(self._text, self._at)
                return value
            except json.JSONDecodeError as error:
                if self._ended:
                    cut_off = error.pos >= len(self._text) or error.msg.startswith("Unterminated")
                    what = "it ends inside a value" if cut_off else error.msg.lower()
                    raise NotAnArray(what, offset=self._before + error.pos, cut_off=cut_off) from error
            except RecursionError as error:
                raise NotAnArray("it is nested too deeply", offset=self.offset) from error
            self._more(size)
            size *= 2  # a value may be large: not to begin it again for every piece

    def _more(self, size: int) -> None:
        piece = self._file.read(size)
        self._ended = not piece
        self._read += len(piece)
        self._progress(self._read)
        try:
            text = self._decode(piece, self._ended)
        except UnicodeDecodeError as error:
            raise NotAnArray(f"it is not UTF-8 ({error.reason})", offset=self.offset) from error
        self._before += self._at
        self._text = self._text[self._at :] + text
        self._at = 0
