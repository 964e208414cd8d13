"""`harness pack`: recordings of a directory share assets, and get them back."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.pack import command, unpack_command
from harness.errors import UsageError
from harness.storage import RecordingReader, RecordingWriter
from harness.storage.pack import STORE, pack, shared_asset, unpack
from harness.storage.verify import verify
from harness.viewer.recordings import manifest_of

SHEET = random.Random(1).randbytes(200_000)
OWN = [bytes([n]) * 3000 for n in range(3)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Three recordings, each with a sheet that all have and a picture of its own."""
    for number, own in enumerate(OWN):
        with RecordingWriter(tmp_path / f"{number}.replay", {"title": f"run {number}"}) as writer:
            opened = json.dumps({"page": 1, "t": 0, "kind": "page-open", "data": {"url": "http://x.test/"}})
            writer.write_events(opened, count=1, first_ms=0, last_ms=0)
            for t in range(2):
                for content, mime in ((SHEET, "text/css"), (own, "image/bmp")):
                    digest = writer.write_asset(content, mime)
                    data = {"url": f"http://x.test/{mime}", "status": 200, "mime": mime, "hash": digest, "size": 1}
                    line = json.dumps({"page": 1, "t": t, "kind": "resource", "data": data})
                    writer.write_events(line, count=1, first_ms=t, last_ms=t)
                writer.flush()
    return tmp_path


def contents(path: Path) -> tuple[list[object], dict[str, bytes]]:
    with RecordingReader(path) as reader:
        assets = {digest: reader.asset(digest)[0] for digest in sorted(reader.index.assets)}
        manifest = manifest_of(reader)["index"]
        assert isinstance(manifest, dict)
        assert set(manifest["assets"]) == set(assets)
        assert reader.complete
        return list(reader.events()), assets


def test_shared_assets_are_there_once_and_read_as_before(directory: Path) -> None:
    paths = sorted(directory.glob("*.replay"))
    before = [contents(path) for path in paths]
    outcome = pack(directory)
    assert (outcome.changed, outcome.left) == (3, [])
    assert outcome.before_bytes - outcome.after_bytes > 390_000
    assert len(list((directory / STORE).iterdir())) == 1
    assert all(path.stat().st_size < 20_000 for path in paths)
    assert [contents(path) for path in paths] == before
    assert pack(directory).changed == 0


def test_unpack_makes_each_recording_whole_again(directory: Path) -> None:
    paths = sorted(directory.glob("*.replay"))
    before = [contents(path) for path in paths]
    pack(directory)
    assert unpack(directory).changed == 3
    assert not (directory / STORE).exists()
    assert [contents(path) for path in paths] == before
    for path in paths:
        assert verify(path).fault is None


def test_what_needs_a_whole_file_refuses_a_packed_one(directory: Path) -> None:
    pack(directory)
    with pytest.raises(UsageError, match=r"is packed, .*`harness unpack"):
        verify(directory / "0.replay")


def test_a_packed_recording_without_its_store_says_so(directory: Path, tmp_path: Path) -> None:
    pack(directory)
    shutil.rmtree(directory / STORE)
    with RecordingReader(directory / "0.replay") as reader:
        digest = next(digest for digest, asset in reader.index.assets.items() if asset.shared)
        with pytest.raises(UsageError, match=r"keep \.harness-assets beside packed recordings"):
            reader.asset(digest)


def test_names_in_a_file_lead_nowhere_else(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no hash"):
        shared_asset(tmp_path / "a.replay", "../../etc/passwd")


def test_what_cannot_be_read_is_left_alone_and_named(directory: Path) -> None:
    (directory / "bad.replay").write_text("no recording")
    whole = (directory / "2.replay").read_bytes()
    (directory / "2.replay").write_bytes(whole[:-40])
    result = CliRunner().invoke(command, [str(directory)])
    assert result.exit_code == 0
    assert "2 recordings packed" in result.output
    assert "left alone" in result.output
    assert (directory / "2.replay").read_bytes() == whole[:-40]
    assert "2 recordings unpacked" in CliRunner().invoke(unpack_command, [str(directory)]).output
