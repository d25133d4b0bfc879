"""Is a release of many files complete and unchanged? The signed list with which it ends, and the check of the whole.

A release is a ZIP or a folder; both are made and checked in the same way.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Protocol
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile
from zlib import error as ZlibError  # noqa: N812 - a class, named by its module like a value

from app import signing
from app.documents.zip_stream import ZipStream
from app.settings import Settings

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_FORM: Final = "kinerja-manifest-1"
_LONGEST: Final = 200_000_000
_CHUNK: Final = 1 << 20


class Manifest:
    """The list of a release: every file with its SHA-256, and in which version of its scorecard if it shows one."""

    def __init__(self, made_at: datetime, about: Mapping[str, str]) -> None:
        self._about = {"form": _FORM, "made_at": made_at.isoformat(timespec="seconds"), **about}
        self._files: list[dict[str, str | int]] = []

    def add(self, name: str, digest: str, version: int | None = None) -> None:
        """Put a file on the list."""
        file: dict[str, str | int] = {"name": name, "sha256": digest}
        self._files.append(file if version is None else {**file, "version": version})

    def signed(self, settings: Settings) -> dict[str, bytes]:
        """The two files with which a release ends: the list, and its signature."""
        text = json.dumps({**self._about, "files": self._files}, ensure_ascii=False, indent=1)
        content = text.encode("utf-8", "replace") + b"\n"
        return {MANIFEST: content, SIGNATURE: signing.sign(settings, content)}


class SignedZip:
    """A ZIP that is sent while it is made and ends with a signed list of all that was put in."""

    def __init__(self, settings: Settings, made_at: datetime, about: Mapping[str, str]) -> None:
        self._settings = settings
        self._zip = ZipStream(made_at.timetuple()[:6])
        self._manifest = Manifest(made_at, about)

    def add(self, name: str, content: bytes, version: int | None = None) -> bytes:
        """Put in a file, in which version of its scorecard if it shows one; what is to be sent now."""
        self._manifest.add(name, hashlib.sha256(content).hexdigest(), version)
        return self._zip.add(name, content)

    def end(self) -> bytes:
        """The list, its signature and the end of the ZIP."""
        last = self._manifest.signed(self._settings).items()
        return b"".join(self._zip.add(name, content) for name, content in last) + self._zip.end()


@dataclass(frozen=True, slots=True)
class Release:
    """What came of checking a release: what its manifest says of the whole, and every fault in one line."""

    about: Mapping[str, str]
    count: int
    faults: Sequence[str]


def is_release(path: Path) -> bool:
    """Whether this is a release of many: a ZIP, a folder, or the manifest in a folder."""
    if path.is_dir() or path.name == MANIFEST:
        return True
    with path.open("rb") as opened:
        return is_zipfile(opened)


def check_release(path: Path, public_pem: str) -> Release:
    """Whether every file of a release is the one that was signed, none is missing, and none was put in."""
    if path.is_dir() or path.name == MANIFEST:
        return _check(_Folder(path if path.is_dir() else path.parent), public_pem)
    try:
        with ZipFile(path) as archive:
            return _check(_Zip(archive), public_pem)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return Release({}, 0, ["the ZIP cannot be read"])


class _Files(Protocol):
    """The files of a release, wherever they are."""

    def sizes(self) -> list[tuple[str, int]]:
        """Every name with the length of its file, a name twice where it stands there twice."""

    def read(self, name: str) -> bytes:
        """A whole file, which is not long."""

    def digests(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        """The SHA-256 of each file with one of these names; empty where it cannot be read."""


class _Zip:
    """The files in a ZIP."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def sizes(self) -> list[tuple[str, int]]:
        return [(info.filename, info.file_size) for info in self._archive.infolist()]

    def read(self, name: str) -> bytes:
        return self._archive.read(name)

    def digests(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        for info in self._archive.infolist():
            if info.filename in names:
                yield info.filename, self._digest(info)

    def _digest(self, member: ZipInfo) -> str:
        try:
            with self._archive.open(member) as file:
                return _digest(file)
        except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ZlibError):
            return ""


class _Folder:
    """The files in a folder and below it; only what is there is opened, whatever a manifest names."""

    def __init__(self, folder: Path) -> None:
        self._there = {
            path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
        }

    def sizes(self) -> list[tuple[str, int]]:
        return [(name, path.stat().st_size) for name, path in self._there.items()]

    def read(self, name: str) -> bytes:
        return self._there[name].read_bytes()

    def digests(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        for name, path in self._there.items():
            if name in names:
                with path.open("rb") as file:
                    yield name, _digest(file)


def _check(files: _Files, public_pem: str) -> Release:
    every = files.sizes()
    sizes = dict(every)
    if not {MANIFEST, SIGNATURE} <= sizes.keys():
        return Release({}, 0, ["there is no signed manifest in it: it is not whole, or none of ours"])
    is_ours = sizes[MANIFEST] <= _LONGEST and sizes[SIGNATURE] == signing.SIGNATURE_BYTES
    content = files.read(MANIFEST) if is_ours else b""
    if not is_ours or not signing.is_signed(public_pem, content, files.read(SIGNATURE)):
        return Release({}, 0, ["the manifest is not signed by this key"])
    manifest: dict[str, Any] = json.loads(content)
    if manifest["form"] != _FORM:
        return Release({}, 0, ["the manifest is of a form that this version does not know"])
    listed = {each["name"]: each["sha256"] for each in manifest["files"]}
    faults = [
        *_faults_of_names([name for name, _size in every], listed),
        *(f"{name}: changed" for name, digest in files.digests(listed) if digest != listed[name]),
    ]
    about = {name: value for name, value in manifest.items() if isinstance(value, str)}
    return Release(about, len(listed), faults)


def _faults_of_names(names: Sequence[str], listed: Mapping[str, str]) -> list[str]:
    there = Counter(names)
    return [
        *(f"{name}: stands in it twice" for name, count in there.items() if count > 1),
        *(f"{name}: missing" for name in listed if name not in there),
        *(f"{name}: was put in" for name in there if name not in listed and name not in {MANIFEST, SIGNATURE}),
    ]


def _digest(file: IO[bytes]) -> str:
    made = hashlib.sha256()
    while part := file.read(_CHUNK):
        made.update(part)
    return made.hexdigest()
