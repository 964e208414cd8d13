"""Writing: what reaches the file and when, what it costs, and what happens when the world is against it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import zstandard

from harness.errors import HarnessWarning, UsageError
from harness.storage import RecordingReader, RecordingWriter, events, frames
from harness.storage import writer as writer_module
from harness.storage.index import IndexBuilder
from harness.storage.verify import verify
from tests.storage_files import HEADER, event, lines, make, mutation, page_open, read_all, write


def wait_until(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        threading.Event().wait(0.005)


def run_python(program: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60)


PROGRAM = """
    import sys
    from harness.storage import RecordingWriter
    def line(t, text="x"):
        return '{"page":1,"doc":"d","t":%s,"kind":"mutation","type":3,"data":{"source":0,"text":"%s"}}\\n' % (t, text)
    def write(writer, t, text="x"):
        writer.write_events(line(t, text), count=1, first_ms=t, last_ms=t)
    path = sys.argv[1]
"""


# ------------------------------------------------------------------------------------------------ what is in the file


def test_file_holds_header_events_assets_and_status(tmp_path: Path) -> None:
    path = tmp_path / "new" / "directory" / "run.replay"
    with RecordingWriter(path, {**HEADER, "own": [1]}) as writer:
        write(writer, page_open(), mutation(10, "Grüße"))
        digest = writer.write_asset(b"body {}", "text/css")
        write(writer, event("resource", 20, page=1, url="/a.css", hash=digest))
        writer.close(status="passed")
    with RecordingReader(path) as reader:
        assert reader.complete
        assert reader.index.status == "passed"
        assert reader.header["title"] == "test"
        assert reader.header["own"] == [1]
        assert reader.header["format_version"] == 3
        first, *rest = reader.events()
        assert first == {"t": 0, "kind": "recording", "data": reader.header}
        assert [found["t"] for found in rest] == [0, 10, 20]
        assert rest[1]["data"]["text"] == "Grüße"
        content, entry = reader.asset(digest)
        assert (content, entry.mime, entry.size) == (b"body {}", "text/css", 7)
    assert verify(path).fault is None


def test_zstd_tool_prints_the_events(tmp_path: Path) -> None:
    path = make(tmp_path / "run.replay", [page_open(), mutation(1)], [mutation(2)])
    try:
        printed = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("there is no zstd program here")
    with RecordingReader(path) as reader:
        assert [json.loads(line) for line in printed.splitlines()] == list(reader.events())


def test_nothing_is_needed_but_a_path(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "run.replay", {}):
        pass
    with RecordingReader(tmp_path / "run.replay") as reader:
        assert reader.header["id"]
        assert abs(reader.header["started_at"] - time.time() * 1000) < 60_000
        assert reader.index.events == 1


def test_same_asset_is_stored_once(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "run.replay", HEADER) as writer:
        first = writer.write_asset(b"same" * 100, "text/css")
        assert writer.has_asset(first)
        assert not writer.has_asset("0" * 64)
        assert writer.write_asset(b"same" * 100, "text/plain") == first
        assert writer.write_asset(b"other", "text/css") != first
    assert verify(tmp_path / "run.replay").assets == 2


def test_text_is_compressed_and_pictures_are_not(tmp_path: Path) -> None:
    content = b"0123456789" * 200
    with RecordingWriter(tmp_path / "run.replay", HEADER) as writer:
        style = writer.write_asset(content, "text/css")
        picture = writer.write_asset(content + b"!", "image/png")
        drawing = writer.write_asset(content + b"?", "image/svg+xml")
    with RecordingReader(tmp_path / "run.replay") as reader:
        encodings = {digest: entry.encoding for digest, entry in reader.index.assets.items()}
        assert encodings == {style: "zstd", picture: "identity", drawing: "zstd"}
        assert reader.asset(style)[0] == content
        assert reader.asset(picture)[0] == content + b"!"


def test_asset_that_no_reader_would_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MAX_ASSET_BYTES", 10)
    with RecordingWriter(tmp_path / "run.replay", HEADER) as writer, pytest.raises(UsageError, match="the most is 10"):
        writer.write_asset(bytes(11), "text/css")


def test_lines_that_are_no_events_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, page_open())
        writer.write_events('rubbish from a page\n{"t":5,"kind":"mark"}\n{"t":', count=3, first_ms=5, last_ms=5)
    with RecordingReader(path) as reader:
        kinds = [found["kind"] for found in reader.events()]
        assert kinds == ["recording", "page-open", "mark", "gap"]
        assert reader.index.lost_events == 2
        assert reader.complete


def test_threads_may_write_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, *(page_open(page) for page in range(1, 5)))

        def work(page: int) -> None:
            for t in range(200):
                write(writer, mutation(t, page=page, doc=f"d{page}"))
                if t % 50 == 0:
                    writer.write_asset(b"%d" % t, "text/plain")
                    writer.flush()

        threads = [threading.Thread(target=work, args=(page,)) for page in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert verify(path).fault is None
    found, assets, complete = read_all(path)
    for page in range(1, 5):
        assert [e["t"] for e in found if e.get("page") == page and e["kind"] == "mutation"] == list(range(200))
    assert len(assets) == 4
    assert complete


# ------------------------------------------------------------------------------------------------ segments


def test_snapshot_begins_a_segment_once_the_open_one_is_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "SNAPSHOT_CUT_BYTES", 1000)
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        for t in range(4):
            snapshot = event("snapshot", t, page=1, doc="d")
            writer.write_events(lines([snapshot]), count=1, first_ms=t, last_ms=t, has_snapshot=True)
            writer.flush()
        write(writer, mutation(5, "y" * 1000, doc="d"))
        writer.flush()
        write(writer, mutation(6, doc="d"))
        snapshot = event("snapshot", 7, page=1, doc="d")
        writer.write_events(lines([snapshot]), count=1, first_ms=7, last_ms=7, has_snapshot=True)
    with RecordingReader(path) as reader:
        assert [(s.first_ms, s.last_ms, s.events) for s in reader.index.segments] == [(0, 6, 7), (7, 7, 1)]
        assert reader.index.documents[0].snapshots == [(0, 0), (1, 0), (2, 0), (3, 0), (7, 1)]


def test_segment_ends_when_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "SEGMENT_BYTES", 2000)
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        for t in range(40):
            write(writer, mutation(t, "y" * 100))
            writer.flush()
    with RecordingReader(path) as reader:
        assert all(2000 <= segment.raw_size < 2400 for segment in reader.index.segments[:-1])
        assert len(reader.index.segments) > 3
        assert [found["t"] for found in reader.events()][1:] == list(range(40))


def test_asset_does_not_wait_for_the_end_of_a_segment(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, page_open())
        digest = writer.write_asset(b"a picture", "image/png")

        def is_there() -> bool:
            with RecordingReader(path) as reader:
                return digest in reader.index.assets

        wait_until(is_there)


def test_frames_can_be_sent_to_a_browser_as_they_are(tmp_path: Path) -> None:
    path = make(tmp_path / "run.replay", [page_open(), mutation(1)])
    with RecordingReader(path) as reader:
        frame = reader.segment_bytes(0)
        parameters = zstandard.get_frame_parameters(frame)
        assert parameters.window_size <= 8 << 20
        assert parameters.has_checksum
        assert zstandard.ZstdDecompressor().decompressobj().decompress(frame).decode() == reader.segment_text(0)


# ------------------------------------------------------------------------------------------------ when it is there


def test_new_file_can_be_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER), RecordingReader(path) as reader:
        assert reader.header["title"] == "test"
        assert not reader.complete


def test_events_reach_the_file_without_a_flush(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, page_open(), mutation(3))
        began = time.monotonic()
        wait_until(lambda: read_all(path)[0][-1:] == [mutation(3)])
        assert time.monotonic() - began < 3  # half a second where there is time for it


def test_patient_writer_does_nothing_for_what_is_soon_discarded_and_keeps_the_promise(tmp_path: Path) -> None:
    class Seen:
        due = False

        def __init__(self) -> None:
            self.taken = 0

        def take(self, batch: events.Batch) -> None:
            self.taken += len(batch.rows)

        def lines(self) -> bytes:
            return b""

    seen: Any = Seen()
    recording = RecordingWriter(tmp_path / "short.replay", HEADER, patient=True, checkpoints=seen)
    write(recording, *(mutation(t) for t in range(50)))
    recording.discard()
    recording._thread.join(10)
    assert seen.taken == 0
    assert not list(tmp_path.iterdir())

    with RecordingWriter(tmp_path / "long.replay", HEADER, patient=True, checkpoints=seen) as recording:
        size = recording.size_bytes
        began = time.monotonic()
        # Each snapshot is an item of its own in the queue: one waiting is for all of them.
        for t in range(20):
            line = lines([event("snapshot", t, page=1, doc="d1", node={})])
            recording.write_events(line, count=1, first_ms=t, last_ms=t, has_snapshot=True)
        wait_until(lambda: recording.size_bytes > size and seen.taken == 21)
        took_s = time.monotonic() - began
    assert took_s < 20 * writer_module.PATIENT_GATHER_S


def test_file_that_grows_can_be_read_after_each_flush(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, page_open())
        for t in range(1, 6):
            write(writer, mutation(t))
            if t == 3:
                writer.write_asset(b"asset", "text/css")
            writer.flush()
            with RecordingReader(path) as reader:
                assert [found["t"] for found in reader.events()][2:] == list(range(1, t + 1))
                assert not reader.complete
                for number in range(len(reader.index.segments)):
                    unpacked = zstandard.ZstdDecompressor().decompressobj().decompress(reader.segment_bytes(number))
                    assert unpacked.decode() == reader.segment_text(number)


def test_killed_recorder_loses_at_most_a_second(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    program = (
        PROGRAM
        + """
    import time
    writer = RecordingWriter(path, {})
    began = time.monotonic()
    while True:
        t = round((time.monotonic() - began) * 1000)
        write(writer, t)
        print(t, flush=True)
        time.sleep(0.01)
    """
    )
    command = [sys.executable, "-c", textwrap.dedent(program), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(last := process.stdout.readline()) < 1700:
            pass
        process.send_signal(signal.SIGKILL)
    with RecordingReader(path) as reader:
        assert not reader.complete
        found = [event["t"] for event in reader.events()]
        assert found[-1] > int(last) - 1000
        assert reader.index.duration_ms == found[-1]


def test_program_that_ends_without_closing_keeps_its_events(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    result = run_python(
        PROGRAM + "    w = RecordingWriter(path, {}); write(w, 1); write(w, 2); 1 / 0", path, check=False
    )
    assert "ZeroDivisionError" in result.stderr
    with RecordingReader(path) as reader:
        assert reader.indexed
        assert not reader.complete
        assert [event["t"] for event in reader.events()] == [0, 1, 2]


def test_forked_child_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    program = (
        PROGRAM
        + """
    import os, warnings
    warnings.simplefilter("ignore")
    writer = RecordingWriter(path, {})
    write(writer, 1)
    child = os.fork()
    if child == 0:
        write(writer, 1000, "child")
        writer.write_asset(b"child", "text/css")
        writer.flush()
        writer.close()
        sys.exit(0)  # runs what is registered for the exit
    assert os.waitpid(child, 0)[1] == 0
    write(writer, 2)
    writer.close()
    """
    )
    run_python(program, path)
    found, _, complete = read_all(path)
    assert [event["t"] for event in found] == [0, 1, 2]
    assert complete


# ------------------------------------------------------------------------------------------------ closing


def test_closing_again_does_nothing(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.replay", HEADER)
    writer.close(status="passed")
    before = (tmp_path / "run.replay").read_bytes()
    writer.close(status="failed", complete=False)
    writer.flush()
    assert (tmp_path / "run.replay").read_bytes() == before


def test_events_after_closing_are_counted_as_lost(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.replay", HEADER)
    writer.close()
    write(writer, mutation(1), mutation(2))
    writer.write_asset(b"late", "text/css")
    assert writer.lost_events == 2


def test_threads_that_close_at_the_same_time_all_wait(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path / "run.replay", HEADER)
    write(writer, *[mutation(t) for t in range(1000)])
    complete = []

    def close() -> None:
        writer.close()
        with RecordingReader(tmp_path / "run.replay") as reader:
            complete.append(reader.complete)

    threads = [threading.Thread(target=close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert complete == [True] * 4


def test_error_in_the_with_block_leaves_an_incomplete_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RecordingWriter(tmp_path / "run.replay", HEADER):
        raise ZeroDivisionError
    with RecordingReader(tmp_path / "run.replay") as reader:
        assert reader.indexed
        assert not reader.complete


# ------------------------------------------------------------------------------------------------ bad luck


def test_full_queue_makes_the_caller_wait_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    read_batch = events.read_batch

    def slow(data: bytes) -> events.Batch:
        assert gate.wait(10)
        return read_batch(data)

    monkeypatch.setattr(events, "read_batch", slow)
    monkeypatch.setattr(writer_module, "BACKPRESSURE_NOTE_S", 0)
    path = tmp_path / "run.replay"
    writer = RecordingWriter(path, HEADER, queue_bytes=1000)
    done = []

    def work() -> None:
        for t in range(8):
            write(writer, mutation(t, "y" * 300))
            done.append(t)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: len(done) >= 2)
    thread.join(0.1)
    assert len(done) < 8, "it did not wait"
    gate.set()
    thread.join()
    writer.close()
    with RecordingReader(path) as reader:
        found = list(reader.events())
        assert [event["t"] for event in found if event["kind"] == "mutation"] == list(range(8))
        notes = [event["data"] for event in found if event["kind"] == "gap"]
        assert sum(note["waited_ms"] for note in notes) >= 90
        assert {note["reason"] for note in notes} == {"backpressure"}
        assert reader.index.lost_events == 0


FILLS_UP = (
    PROGRAM
    + """
    import json, random, resource, signal, warnings
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    random.seed(1)
    writer = RecordingWriter(path, {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(sys.argv[3])
        for t in range(1, 401):
            write(writer, t, random.randbytes(100).hex())
            if t % 10 == 0:
                writer.flush()
            if t == 20:
                writer.write_asset(random.randbytes(3000), "image/png")
        writer.close()
    print(json.dumps([str(writer.error), writer.lost_events, [[w.category.__name__, str(w.message)] for w in caught]]))
"""
)


@pytest.mark.parametrize("limit", [3_000, 20_000, 45_900])
def test_full_disk_keeps_what_was_written(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "run.replay"
    error, lost, caught = json.loads(run_python(FILLS_UP, path, limit, "always").stdout)
    assert "File too large" in error
    ((category, message),) = caught
    assert category == "HarnessWarning"
    assert str(path) in message
    assert "\n" not in message
    assert path.stat().st_size <= limit
    with RecordingReader(path) as reader:
        assert not reader.complete
        found = [event["t"] for event in reader.events()]
        assert found == list(range(len(found)))
        assert len(found) + lost == 401
        for digest in reader.index.assets:
            reader.asset(digest)


def test_full_disk_does_not_raise_where_warnings_are_errors(tmp_path: Path) -> None:
    result = run_python(FILLS_UP, tmp_path / "run.replay", 3_000, "error")
    assert json.loads(result.stdout)[2] == []
    assert result.stderr.startswith("harness: ")
    assert "File too large" in result.stderr


def test_disk_that_is_full_only_at_the_end_leaves_all_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.replay"
    writer = RecordingWriter(path, HEADER)
    write(writer, page_open(), mutation(1))

    def fails(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(frames, "pack_foot", fails)
    with pytest.warns(HarnessWarning, match="No space"):
        writer.close()
    monkeypatch.undo()
    found, _, complete = read_all(path)
    assert [event["t"] for event in found] == [0, 0, 1]
    assert not complete


def test_fault_of_ours_does_not_reach_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.replay"
    writer = RecordingWriter(path, HEADER)
    writer.flush()
    monkeypatch.setattr(IndexBuilder, "add", lambda *_: 1 / 0)
    write(writer, mutation(1))
    with pytest.warns(HarnessWarning, match="ZeroDivisionError"):
        writer.flush()
    writer.close()
    monkeypatch.undo()
    assert writer.lost_events == 1
    assert len(read_all(path)[0]) == 1


# ------------------------------------------------------------------------------------------------ the name of the file


def test_file_that_exists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    path.write_text("precious")
    with pytest.raises(UsageError, match=r"exists already.*force=True"):
        RecordingWriter(path, HEADER)
    assert path.read_text() == "precious"


def test_force_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    path.write_text("old")
    with RecordingWriter(path, HEADER, force=True):
        assert [entry.name for entry in tmp_path.iterdir()] == ["run.replay"]
    assert read_all(path)[2]
    with RecordingWriter(tmp_path / "new.replay", HEADER, force=True):
        pass
    assert read_all(tmp_path / "new.replay")[2]


@pytest.mark.parametrize("force", [False, True])
def test_link_is_never_followed(tmp_path: Path, force: bool) -> None:
    target = tmp_path / "target"
    for content in ("precious", None):
        if content is not None:
            target.write_text(content)
        else:
            target.unlink()
        link = tmp_path / "run.replay"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(UsageError):
            RecordingWriter(link, HEADER, force=force)
        assert link.is_symlink()
        assert target.exists() == (content is not None)


@pytest.mark.parametrize("force", [False, True])
def test_directory_is_refused(tmp_path: Path, force: bool) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        RecordingWriter(tmp_path, HEADER, force=force)


def test_pipe_is_refused_even_with_force(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.replay")
    with pytest.raises(UsageError, match="not a regular file"):
        RecordingWriter(tmp_path / "run.replay", HEADER, force=True)


@pytest.mark.parametrize("name", ["file/run.replay", "x" * 300, "a\0b"])
@pytest.mark.parametrize("force", [False, True])
def test_name_that_cannot_be_is_one_line(tmp_path: Path, name: str, force: bool) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as raised:
        RecordingWriter(tmp_path / name, HEADER, force=force)
    assert "\n" not in str(raised.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_directory_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="permission denied"):
        RecordingWriter(tmp_path / "run.replay", HEADER)


def test_missing_permission_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError, match=r"run\.replay: cannot be created: permission denied"):
        RecordingWriter(tmp_path / "run.replay", HEADER)


def test_umask_is_kept(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        RecordingWriter(tmp_path / "run.replay", HEADER).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "run.replay").stat().st_mode) == 0o640


# ------------------------------------------------------------------------------------------------ cost


def test_many_small_events_cost_little(tmp_path: Path) -> None:
    batches = [lines(mutation(t + i, f"text {t * i}") for i in range(50)) for t in range(0, 100_000, 50)]
    began = time.process_time()
    with RecordingWriter(tmp_path / "run.replay", HEADER) as writer:
        for batch in batches:
            writer.write_events(batch, count=50, first_ms=0, last_ms=0)
    spent_s = time.process_time() - began
    assert spent_s < 1.5, "measured: 0.3 s on an idle machine"
    assert verify(tmp_path / "run.replay").events == 100_001
