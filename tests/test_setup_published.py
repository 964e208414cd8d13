"""Published files come from where they may, and only with the hash of the lock."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import urllib.error
from pathlib import Path

import pytest

from harness import published
from harness.published import PublishedFile, PublishedFileError

CONTENT = b"export const answer = 42;\n"


@pytest.fixture
def js(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A js/ with a lock of one file, on a machine without npm and without a network."""
    directory = tmp_path / "js"
    directory.mkdir()
    entry = PublishedFile(
        "answer.js", "@x/answer", "1.0", "dist/a.js", hashlib.sha512(CONTENT).hexdigest(), "MIT", "(c) X"
    )
    (directory / published.LOCK_NAME).write_text(json.dumps({"files": [vars(entry)]}), encoding="utf-8")
    monkeypatch.setattr(published, "js_dir", lambda: directory)
    monkeypatch.delenv("HARNESS_ASSETS_DIR", raising=False)
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", f"{empty}:/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda name: None)

    def no_network(url: str, timeout: float) -> io.BytesIO:
        raise urllib.error.URLError("no network here")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    return directory


def test_directory_named_by_hand_is_used_and_a_second_run_does_nothing(
    js: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "answer.js").write_bytes(CONTENT)
    monkeypatch.setenv("HARNESS_ASSETS_DIR", str(assets))
    assert published.fetch_all() == [js / "vendor" / "answer.js"]
    assert published.path("answer.js").read_bytes() == CONTENT
    (assets / "answer.js").unlink()
    assert published.fetch_all() == []
    assert [file.name for file in (js / "vendor").iterdir()] == ["answer.js"]


def test_wrong_hash_stops_and_leaves_nothing(js: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "answer.js").write_bytes(CONTENT + b" ")
    monkeypatch.setenv("HARNESS_ASSETS_DIR", str(tmp_path))
    with pytest.raises(PublishedFileError, match=r"answer\.js: HARNESS_ASSETS_DIR .* SHA-512 .* not used"):
        published.fetch_all()
    assert not (js / "vendor").exists()


def test_file_that_was_changed_is_missing_and_is_fetched_again(
    js: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer.js").write_bytes(CONTENT)
    monkeypatch.setenv("HARNESS_ASSETS_DIR", str(tmp_path))
    published.fetch_all()
    (js / "vendor" / "answer.js").write_bytes(b"changed")
    assert [entry.name for entry in published.missing()] == ["answer.js"]
    assert published.fetch_all() == [js / "vendor" / "answer.js"]


def test_npm_pack_is_asked_first_and_the_one_file_taken(
    js: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "packed.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/a.js")
        member.size = len(CONTENT)
        tar.addfile(member, io.BytesIO(CONTENT))
    npm = tmp_path / "bin" / "npm"
    npm.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/said\ncp {archive} x-answer-1.0.tgz\n', encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(npm) if name == "npm" else None)
    lines: list[str] = []
    published.fetch_all(say=lines.append)
    assert published.path("answer.js").read_bytes() == CONTENT
    assert lines == ["answer.js: npm pack @x/answer@1.0"]
    assert "@x/answer@1.0" in (tmp_path / "said").read_text(encoding="utf-8")


def test_cdn_is_asked_when_npm_fails(js: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error no way out' >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(npm) if name == "npm" else None)
    asked: list[str] = []

    def cdn(url: str, timeout: float) -> io.BytesIO:
        asked.append(url)
        return io.BytesIO(CONTENT)

    monkeypatch.setattr("urllib.request.urlopen", cdn)
    published.fetch_all()
    assert asked == ["https://cdn.jsdelivr.net/npm/@x/answer@1.0/dist/a.js"]


def test_no_source_at_all_names_each_reason_and_the_way_out(js: Path) -> None:
    with pytest.raises(PublishedFileError, match=r"no network here.*HARNESS_ASSETS_DIR"):
        published.fetch_all()


def test_missing_file_names_make_setup(js: Path) -> None:
    with pytest.raises(PublishedFileError, match="make setup"):
        published.path("answer.js")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [{"name": "x"}]}'])
def test_lock_that_is_none_is_refused_by_name(js: Path, text: str) -> None:
    (js / published.LOCK_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(PublishedFileError, match=published.LOCK_NAME):
        published.read_lock()


def test_the_files_of_this_checkout_are_those_of_the_lock() -> None:
    assert published.missing() == []
    assert {entry.name for entry in published.read_lock()} == {"rrweb-record.js", "fzstd.js"}
