"""`info`, `ls`, `verify` and `recover` as a person calls them: on good files, damaged ones, and other files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.storage import RecordingReader, RecordingWriter, frames
from harness.storage.recover import recover
from tests.storage_files import GOLDEN, HEADER, make, mutation, page_open, read_all, without_index, write


class Result:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def harness(capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that runs the command line in this process."""

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(int(end.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return make(tmp_path / "run.replay", [page_open(), mutation(5)], [mutation(10), mutation(20)])


def damaged(path: Path) -> tuple[Path, int]:
    """Flip a byte in the middle of the second segment; return the path and where the segment begins."""
    from harness.storage import RecordingReader

    with RecordingReader(path) as reader:
        segment = reader.index.segments[1]
    content = bytearray(path.read_bytes())
    content[segment.offset + segment.size // 2] ^= 0x55
    path.write_bytes(content)
    return path, segment.offset


def test_info_json_has_what_is_promised(harness: Any) -> None:
    result = harness("info", GOLDEN / "two-pages.replay", "--json")
    info = json.loads(result.out)
    assert result.status == 0
    promised = "started_at duration_ms events pages size_bytes complete lost_events privacy status browser"
    for key in (*promised.split(), "harness_version", "format_version"):
        assert key in info
    for page in info["pages"]:
        assert {"id", "url", "title", "opened_ms", "closed_ms"} <= page.keys()
    assert (info["complete"], info["status"], info["format_version"], len(info["pages"])) == (True, "failed", 1, 2)


def test_info_of_a_cut_off_recording_says_that_it_is_not_complete(harness: Any) -> None:
    assert json.loads(harness("info", GOLDEN / "cut-off.replay", "--json").out)["complete"] is False
    assert "not end as it should" in harness("info", GOLDEN / "cut-off.replay").out


def test_info_says_of_a_cut_off_recording_what_recover_says_is_lost(harness: Any, tmp_path: Path) -> None:
    path = tmp_path / "run.replay"
    with RecordingWriter(path, HEADER) as writer:
        write(writer, page_open(), *(mutation(t, f"text {t}") for t in range(1, 40)))
        writer.flush()
        write(writer, *(mutation(t, f"text {t}") for t in range(40, 80)))
        writer.flush()
        whole = path.read_bytes()
    said = {}
    for cut in range(path.read_bytes().index(frames.ZSTD) + 1, len(whole) + 1):
        path.write_bytes(whole[:cut])
        with RecordingReader(path) as reader:
            index = reader.index
            said[cut] = None if index.lost_unknown else index.lost_events
        if index.events:
            assert said[cut] == recover(path, tmp_path / "new.replay", force=True).lost_events, cut
            with RecordingReader(tmp_path / "new.replay") as reader:
                assert reader.index.lost_unknown == (said[cut] is None)
    assert (said[len(whole)], said[len(whole) - 9]) == (0, None)
    path.write_bytes(whole)
    assert "last moment may be missing" in harness("info", path).out
    path.write_bytes(whole[:-9])
    assert "an unknown number of events" in harness("info", path).out
    assert json.loads(harness("info", path, "--json").out)["lost_events"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["vieww"], "no such command: vieww; did you mean view?; `harness --help` lists what there is"),
        (["--frob"], "no such option"),
        (["info"], "info: missing argument 'FILE'; `harness info --help` lists what there is"),
        (["info", "--jsn", "a.replay"], "Did you mean '--json'"),
        (["info", "a.replay", "b.replay"], "info: got unexpected extra argument (b.replay)"),
        (["export", "json", "a.replay"], "export: missing option '-o'"),
    ],
)
def test_a_command_line_that_is_not_understood_gets_one_line(harness: Any, arguments: list[str], says: str) -> None:
    result = harness(*arguments)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("harness: ")
    assert says in result.err


def test_help_alone_is_what_no_command_gets(harness: Any) -> None:
    result = harness()
    assert (result.status, "Commands:" in result.out + result.err) == (2, True)


def test_a_file_that_exists_is_refused_in_the_words_of_the_command_line(harness: Any, recording: Path) -> None:
    for arguments in (("recover", recording), ("export", "json", recording)):
        refused = harness(*arguments, "-o", GOLDEN / "simple.replay")
        assert (refused.status, refused.err.count("\n")) == (2, 1)
        assert "replace it with --force" in refused.err


def test_recover_keeps_all_that_unpacks_before_a_fault_and_says_that_it_is_doubtful(tmp_path: Path) -> None:
    path, saved = tmp_path / "run.replay", tmp_path / "saved.replay"
    make(path, [page_open(), *(mutation(t, f"{t} words") for t in range(4000))])
    content = bytearray(path.read_bytes())
    with RecordingReader(path) as reader:
        count = reader.index.events
        segment = max(reader.index.segments, key=lambda segment: segment.size)
    content[segment.offset + segment.size - 1] ^= 16  # of the checksum: the last thing that is read
    path.write_bytes(content)
    recovery = recover(path, saved, force=True)
    assert (recovery.lost_events, recovery.unverified, recovery.complete) == (0, segment.events, False)
    assert "may be changed" in str(recovery)
    with RecordingReader(saved) as reader:
        gaps = [event["data"] for event in reader.events() if event["kind"] == "gap"]
        assert reader.index.events == count + 1
    assert [(gap["reason"], gap["lost"], gap["unverified"]) for gap in gaps] == [("damaged", 0, segment.events)]


def test_info_lets_no_text_of_a_page_reach_the_terminal_as_it_is(harness: Any, tmp_path: Path) -> None:
    opened = {**page_open(), "data": {"url": "http://a/\x1b[2J\u202e", "title": "\x1b]0;x\x07"}}
    path = make(tmp_path / "a.replay", [opened, mutation(5)])
    out = harness("info", path).out
    assert not any(character in out for character in "\x1b\x07\u202e")


def test_ls_lists_good_and_bad_newest_first(harness: Any, tmp_path: Path, recording: Path) -> None:
    (tmp_path / "notes.txt").write_text("no recording")
    (tmp_path / "below").mkdir()
    make(tmp_path / "below" / "cut.replay", [page_open()], complete=False)
    (tmp_path / "broken.replay").write_bytes(b"not a recording")
    os.utime(tmp_path / "broken.replay", (0, 0))
    entries = json.loads(harness("ls", tmp_path, "--json").out)
    assert [Path(entry["file"]).name for entry in entries] == ["cut.replay", "run.replay", "broken.replay"]
    assert [entry.get("complete") for entry in entries] == [False, True, None]
    assert "broken.replay" in entries[2]["error"]
    table = harness("ls", tmp_path)
    assert table.status == 0
    assert "unreadable" in table.out
    assert "incomplete" in table.out


def test_ls_of_an_empty_directory_says_how_to_make_a_recording(harness: Any, tmp_path: Path) -> None:
    assert "harness record" in harness("ls", tmp_path).out


def test_verify_names_the_place_of_the_first_fault(harness: Any, recording: Path) -> None:
    good = harness("verify", recording)
    assert (good.status, good.err) == (0, "")
    assert "5 events, 2 segments, 2 assets" in good.out
    path, offset = damaged(recording)
    bad = harness("verify", path)
    assert bad.status == 1
    assert f"byte {offset}, segment 1" in bad.err
    assert bad.err.count("\n") == 1


def test_recover_saves_the_rest_and_says_what_is_lost(harness: Any, recording: Path, tmp_path: Path) -> None:
    path, offset = damaged(recording)
    saved = tmp_path / "saved.replay"
    result = harness("recover", path, "-o", saved)
    assert result.status == 0
    assert f"at byte {offset}" in result.out
    found, assets, complete = read_all(saved)
    assert [event["t"] for event in found if event["kind"] != "gap"][:3] == [0, 0, 5]
    assert len(assets) == 2
    assert not complete
    assert harness("verify", saved).status == 0
    assert harness("recover", path, "-o", saved).status == 2, "a file that is there is not overwritten"
    assert harness("recover", path, "-o", saved, "--force").status == 0
    assert harness("recover", path, "-o", path, "--force").status == 2, "nor the damaged file itself"


def test_recover_of_a_recording_without_an_index_loses_nothing(harness: Any, recording: Path, tmp_path: Path) -> None:
    before = read_all(recording)[0]
    result = harness("recover", without_index(recording), "-o", tmp_path / "saved.replay")
    assert "nothing of the file is lost" in result.out
    assert [e["t"] for e in read_all(tmp_path / "saved.replay")[0]] == [e["t"] for e in before]


def test_recover_of_a_file_that_ends_in_the_middle_of_a_block_says_that_something_is_lost(
    harness: Any, tmp_path: Path
) -> None:
    closed = GOLDEN / "simple.replay"
    with RecordingReader(closed) as reader:
        segment = reader.index.segments[0]
    path = tmp_path / "cut.replay"
    path.write_bytes(closed.read_bytes()[: segment.offset + segment.size // 2])
    result = harness("recover", path, "-o", tmp_path / "saved.replay")
    assert result.status == 0
    assert "nothing of the file is lost" not in result.out
    assert "lost: an unknown number of events" in result.out


@pytest.mark.parametrize("command", ["info", "verify", "view", "recover", "export html"])
def test_what_is_no_recording_is_refused_in_one_line(harness: Any, tmp_path: Path, command: str) -> None:
    out = ["-o", tmp_path / "out.html"] if command in ("recover", "export html") else []
    out = [*out, "--no-open"] if command == "view" else out
    (tmp_path / "empty.replay").touch()
    (tmp_path / "text.replay").write_text("hello\n" * 50)
    content = (GOLDEN / "simple.replay").read_bytes()
    size = 8 + int.from_bytes(content[4:8], "little")
    newer = json.dumps({**json.loads(content[16:size]), "format_version": 9, "harness_version": "7.0"})
    (tmp_path / "newer.replay").write_bytes(frames.pack(frames.HEAD, newer.encode()) + content[size:])
    for name in ("empty.replay", "text.replay", "newer.replay", "missing.replay"):
        result = harness(*command.split(), tmp_path / name, *out)
        # What is no recording at all fails verification; the other commands cannot do their work.
        assert result.status == (1 if command == "verify" and name in ("empty.replay", "text.replay") else 2), name
        assert result.out == ""
        assert result.err.startswith("harness: "), name
        assert name in result.err
        assert result.err.count("\n") == 1
        if name == "newer.replay":
            assert "7.0" in result.err
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize("command", ["info", "verify", "recover", "export html"])
def test_a_directory_is_refused_in_one_line(harness: Any, tmp_path: Path, command: str) -> None:
    out = ["-o", tmp_path / "out.html"] if command in ("recover", "export html") else []
    result = harness(*command.split(), tmp_path, *out)
    assert result.status == 2
    assert str(tmp_path) in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("command", [("view", "--no-open"), ("ls",)])
def test_a_directory_that_may_not_be_read_is_refused_in_one_line(
    harness: Any, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "access", lambda path, mode, **options: not mode & os.R_OK)  # root may read everything
    monkeypatch.setattr(Path, "iterdir", refuses)
    result = harness(*command, tmp_path)
    assert result.status == 2
    assert len(result.err.splitlines()) == 1
    assert "ask its owner" in result.err


@pytest.mark.parametrize("command", ["info", "verify", "recover"])
def test_a_file_that_may_not_be_read_is_refused_in_one_line(
    harness: Any, recording: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuses(path: Any, *arguments: Any, **options: Any) -> int:
        if Path(path) == recording:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuses)  # root may read everything
    monkeypatch.setattr(os, "access", lambda path, mode, **options: mode != os.R_OK)
    out = ["-o", recording.with_name("out.replay")] if command == "recover" else []
    result = harness(command, recording, *out)
    assert result.status == 2
    assert "no permission" in result.err
    assert str(recording) in result.err
    assert result.err.count("\n") == 1
