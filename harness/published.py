"""Files of other projects that harness ships but does not keep in its repository: rrweb's recorder, a zstd decoder.

`js/published.lock.json` names each one: package, version, path in the package and the SHA-512 of the file. They are
taken from HARNESS_ASSETS_DIR if that is set, else by `npm pack` (which follows the machine's own npm settings), else
from a public CDN. Whatever the source, a file whose hash differs is refused. A checkout has them in js/vendor/, an
installed wheel in harness/_js/vendor/.

The build hook imports this module before anything is installed: standard library only, here and in `harness.errors`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError

LOCK_NAME = "published.lock.json"
CDN_URL = "https://cdn.jsdelivr.net/npm/{package}@{version}/{path}"
NPM_TIMEOUT_S = 300
CDN_TIMEOUT_S = 60
MAX_FILE_BYTES = 16 << 20  # the largest published file is 77 kB; this only bounds what a wrong source can make us read

_PACKAGE = Path(__file__).resolve().parent


class PublishedFileError(HarnessError):
    """A published file is missing, cannot be fetched, or is not the one the lock names."""


@dataclass(frozen=True)
class PublishedFile:
    """One entry of the lock; `name` is what the file is called here, `sha512` is in hexadecimal digits."""

    name: str
    package: str
    version: str
    path: str
    sha512: str
    licence: str
    copyright: str

    def __str__(self) -> str:
        return f"{self.package}@{self.version}/{self.path}"


def js_dir() -> Path:
    """Return the directory of our JavaScript: harness/_js of an installed wheel, js/ of a checkout."""
    packaged = _PACKAGE / "_js"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "js"


def read_lock(js: Path | None = None) -> list[PublishedFile]:
    """Return the entries of the lock in `js` (default: `js_dir()`)."""
    path = (js or js_dir()) / LOCK_NAME
    try:
        return [PublishedFile(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["files"]]
    except FileNotFoundError as error:
        raise PublishedFileError(
            f"{path}: missing; the installation is incomplete, install it again", path=path
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PublishedFileError(f"{path}: not a list of published files ({error})", path=path) from error


def path(name: str) -> Path:
    """Return where the published file `name` is, for example `path("rrweb-record.js")`.

    Raises PublishedFileError if it was never fetched.
    """
    found = js_dir() / "vendor" / name
    if not found.is_file():
        raise PublishedFileError(f"{found}: missing; `make setup` or `harness install` fetches it", path=found)
    return found


def missing(target: Path | None = None, *, lock: Path | None = None) -> list[PublishedFile]:
    """Return the entries of the lock in the directory `lock` (default: js) that `target` (js/vendor) does not hold."""
    target = target or js_dir() / "vendor"
    return [entry for entry in read_lock(lock) if not _is_entry(target / entry.name, entry)]


def fetch_all(
    target: Path | None = None, *, lock: Path | None = None, say: Callable[[str], None] = lambda line: None
) -> list[Path]:
    """Bring every file of the lock into `target` (default: js/vendor); files that are there already stay untouched.

    `lock` is the directory with the lock (default: js).
    Returns the files that were written. `say` gets one line for each source tried. Raises PublishedFileError for a file
    that no source has, and at once, without trying further, for one whose content is not what the lock says.
    """
    target = target or js_dir() / "vendor"
    written = []
    for entry in missing(target, lock=lock):
        content = _fetch(entry, say)
        target.mkdir(parents=True, exist_ok=True)
        # Renamed into place: a run that is cut off leaves no half file, and two runs at once do not meet.
        handle, temporary = tempfile.mkstemp(dir=target, prefix=f".{entry.name}-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target / entry.name)
        written.append(target / entry.name)
    return written


def _is_entry(file: Path, entry: PublishedFile) -> bool:
    return file.is_file() and hashlib.sha512(file.read_bytes()).hexdigest() == entry.sha512


def _fetch(entry: PublishedFile, say: Callable[[str], None]) -> bytes:
    """Return the content of `entry`, checked against its hash."""
    reasons = []
    for source in _sources(entry):
        say(f"{entry.name}: {source.what}")
        try:
            content = source.read()
        except (OSError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
            reasons.append(f"{source.what}: {_reason(error)}")
            continue
        found = hashlib.sha512(content).hexdigest()
        if found != entry.sha512:
            raise PublishedFileError(
                f"{entry.name}: {source.what} gave a file with SHA-512 {found[:16]}…, but {LOCK_NAME} says "
                f"{entry.sha512[:16]}…; it was not used. Find out which of the two is right before you go on"
            )
        return content
    raise PublishedFileError(
        f"{entry.name}: cannot be fetched ({'; '.join(reasons)}); go online, or put the file of that name, "
        f"which is {entry}, into a directory and name that in HARNESS_ASSETS_DIR"
    )


@dataclass(frozen=True)
class _Source:
    what: str
    read: Callable[[], bytes]


def _sources(entry: PublishedFile) -> Iterator[_Source]:
    """Yield where to look for `entry`, first choice first."""
    directory = os.environ.get("HARNESS_ASSETS_DIR")
    if directory:
        # Named by hand: nothing else is tried, so that a wrong directory is noticed.
        yield _Source(f"HARNESS_ASSETS_DIR {directory}", lambda: (Path(directory) / entry.name).read_bytes())
        return
    npm = shutil.which("npm")
    if npm:
        yield _Source(f"npm pack {entry.package}@{entry.version}", lambda: _from_npm(npm, entry))
    url = CDN_URL.format(package=entry.package, version=entry.version, path=entry.path)
    yield _Source(url, lambda: _from_url(url))


def _from_npm(npm: str, entry: PublishedFile) -> bytes:
    with _temporary_directory() as directory:
        # Run in an empty directory: no package.json of the user's can take part, and no script is run.
        subprocess.run(
            [npm, "pack", "--silent", "--ignore-scripts", f"{entry.package}@{entry.version}"],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=NPM_TIMEOUT_S,
        )
        archive = next(directory.glob("*.tgz"), None)
        if archive is None:
            raise FileNotFoundError("it wrote no archive")
        with tarfile.open(archive) as tar:
            member = tar.extractfile(f"package/{entry.path}")
            if member is None:
                raise KeyError(f"no file {entry.path} in the package")
            return member.read(MAX_FILE_BYTES)


def _from_url(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=CDN_TIMEOUT_S) as answer:
        content: bytes = answer.read(MAX_FILE_BYTES)
        return content


@contextmanager
def _temporary_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="harness-") as directory:
        yield Path(directory)


def _reason(error: Exception) -> str:
    """Return one line on why a source failed."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in str(error.stderr).splitlines() if line.strip()]
        return lines[0] if lines else f"exit status {error.returncode}"
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        return str(error.reason)
    return str(error)
