"""Pictures of a recording: a still of one moment, and a video, both drawn from the replay."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import UsageError
from harness.replay.replay import Replay
from harness.storage import RecordingReader
from harness.viewer.driven import stage

DEFAULT_SIZE = (1280, 720)
MAX_SIDE = 8192
FRAMES_PER_S = 5
VIDEO_FORMS = {".mp4": ["-c:v", "libx264"], ".webm": ["-c:v", "libvpx", "-b:v", "2M"], ".gif": []}

Progress = Callable[[int, int], None]


def write_png(
    reader: RecordingReader, file: BinaryIO, *, at_ms: float, page: int | None = None, browser_path: str | None = None
) -> None:
    """Write the picture of `page` (default: the one in use) at a moment. Raises ReplayError if it showed nothing."""
    moment = min(at_ms, reader.index.duration_ms)
    shown = Replay(reader).at(moment, page=page).page
    width, height = _Sizes(reader).at(shown, moment)

    def draw() -> bytes:
        with stage(reader.path, width, height, browser_path) as bare:
            bare.show(moment, shown)
            return bare.picture()

    file.write(_in_own_thread(draw))


def write_video(
    reader: RecordingReader,
    file: BinaryIO,
    *,
    form: str,
    page: int | None = None,
    frames_per_s: float = FRAMES_PER_S,
    browser_path: str | None = None,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write the whole recording as a video of the form that an ending names: `.mp4`, `.webm` or `.gif`.

    It follows the page in use unless `page` names one. Raises UsageError where there is no ffmpeg, or no such form.
    """
    if form not in VIDEO_FORMS:
        raise UsageError(f"a video ends in {', '.join(VIDEO_FORMS)}, not in {form!r}; name the file so")
    ffmpeg = find_ffmpeg()
    moments = _moments(reader, page, frames_per_s)
    sizes = _Sizes(reader)
    width = max(sizes.at(shown, t)[0] for t, shown in moments)
    height = max(sizes.at(shown, t)[1] for t, shown in moments)
    # Encoders want even sides.
    width, height = width + width % 2, height + height % 2

    def frames() -> Generator[bytes, None, None]:
        with stage(reader.path, width, height, browser_path) as bare:
            for number, (t, shown) in enumerate(moments):
                bare.show(t, shown)
                yield bare.picture("jpeg")
                progress(number + 1, len(moments))

    def draw() -> None:
        with tempfile.TemporaryDirectory(prefix="harness-video-") as directory:
            target = Path(directory) / f"video{form}"
            command = [ffmpeg, "-y", "-loglevel", "error", "-f", "image2pipe", "-c:v", "mjpeg"]
            command += ["-framerate", f"{frames_per_s:g}", "-i", "-", *VIDEO_FORMS[form]]
            command += [*([] if form == ".gif" else ["-pix_fmt", "yuv420p"]), str(target)]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
                fault = _feed(encoder, frames)
            if encoder.returncode or not target.is_file():
                raise UsageError(f"{ffmpeg}: made no video: {fault.splitlines()[-1] if fault else 'it said nothing'}")
            with target.open("rb") as made:
                shutil.copyfileobj(made, file)

    _in_own_thread(draw)


def _feed(encoder: subprocess.Popen[bytes], frames: Callable[[], Generator[bytes, None, None]]) -> str:
    """Hand the pictures to the encoder; return what it said on its standard error."""
    assert encoder.stdin is not None
    assert encoder.stderr is not None
    try:
        with encoder.stdin as pipe, closing(frames()) as pictures:
            for picture in pictures:
                pipe.write(picture)
    except BrokenPipeError:
        pass  # it gave up, and says why
    except BaseException:
        encoder.kill()
        raise
    return encoder.stderr.read().decode("utf-8", "replace").strip()


def find_ffmpeg() -> str:
    """Return the program: of the PATH, else of the package imageio-ffmpeg. Raises UsageError if there is none."""
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        import imageio_ffmpeg  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise UsageError("a video needs ffmpeg; install it, or `pip install 'replay-harness[video]'`") from None
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _moments(reader: RecordingReader, page: int | None, frames_per_s: float) -> list[tuple[float, int]]:
    """Return the time of each frame and the page that it shows."""
    index = reader.index
    own = [d for d in index.documents if d.top and d.snapshots and (page is None or d.page == page)]
    if not own:
        named = "no page" if page is None else f"no page {page}"
        raise UsageError(
            f"{reader.path}: holds a snapshot of {named}; `harness info` lists its pages", path=reader.path
        )
    first = min(d.snapshots[0][0] for d in own)
    active = [(t, number) for t, number in index.active if any(d.page == number for d in own)]
    step_ms = 1000 / frames_per_s
    times = [first + number * step_ms for number in range(int((index.duration_ms - first) / step_ms) + 1)]

    first_page = next(d.page for d in own if d.page is not None)

    def shown(t: float) -> int:
        at = bisect_right(active, t, key=lambda pair: pair[0]) - 1
        return page if page is not None else active[at][1] if at >= 0 else first_page

    return [(t, shown(t)) for t in times]


class _Sizes:
    """The viewport of each page at a moment, in CSS pixels."""

    def __init__(self, reader: RecordingReader) -> None:
        self._of_page: dict[int, list[tuple[float, tuple[int, int]]]] = {}
        top = {d.doc for d in reader.index.documents if d.top}
        for event in Replay(reader).events(kinds=("meta", "viewport")):
            data, page = event.get("data"), event.get("page")
            if page is None or event.get("doc") not in top or not isinstance(data, dict):
                continue
            size = data.get("width"), data.get("height")
            if all(isinstance(side, int) and 0 < side <= MAX_SIDE for side in size):
                self._of_page.setdefault(page, []).append((event["t"], size))  # type: ignore[arg-type]

    def at(self, page: int, t: float) -> tuple[int, int]:
        sizes = sorted(self._of_page.get(page, []), key=lambda pair: pair[0])
        if not sizes:
            return DEFAULT_SIZE
        return sizes[max(bisect_right(sizes, t, key=lambda pair: pair[0]) - 1, 0)][1]


def _in_own_thread(work: Callable[[], Any]) -> Any:
    """Playwright's sync API refuses a thread in which an event loop runs."""
    with ThreadPoolExecutor(1, thread_name_prefix="harness-pictures") as thread:
        return thread.submit(work).result()
