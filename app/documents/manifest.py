"""Is a release of many files complete and unchanged? The signed list at its end, and the check of the whole ZIP."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - a class, named by its module like a value

from app import signing
from app.documents.zip_stream import ZipStream
from app.settings import Settings

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_FORM: Final = "kinerja-manifest-1"
_LONGEST: Final = 200_000_000
_CHUNK: Final = 1 << 20


class SignedZip:
    """A ZIP that is sent while it is made and ends with a signed list of all that was put in."""

    def __init__(self, settings: Settings, made_at: datetime, about: Mapping[str, str]) -> None:
        self._settings = settings
        self._zip = ZipStream(made_at.timetuple()[:6])
        self._about = {"form": _FORM, "made_at": made_at.isoformat(timespec="seconds"), **about}
        self._files: list[dict[str, str | int]] = []

    def add(self, name: str, content: bytes, version: int | None = None) -> bytes:
        """Put in a file, in which version of its scorecard if it shows one; what is to be sent now."""
        file: dict[str, str | int] = {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
        self._files.append(file if version is None else {**file, "version": version})
        return self._zip.add(name, content)

    def end(self) -> bytes:
        """The list, its signature and the end of the ZIP."""
        text = json.dumps({**self._about, "files": self._files}, ensure_ascii=False, indent=1)
        manifest = text.encode("utf-8", "replace") + b"\n"
        signature = signing.sign(self._settings, manifest)
        return self._zip.add(MANIFEST, manifest) + self._zip.add(SIGNATURE, signature) + self._zip.end()


@dataclass(frozen=True, slots=True)
class Release:
    """What came of checking a ZIP: what its manifest says of the whole, and every fault in one line."""

    about: Mapping[str, str]
    count: int
    faults: Sequence[str]


def check_release(path: Path, public_pem: str) -> Release:
    """Whether every file of a ZIP is the one that was signed, none is missing, and none was put in."""
    try:
        with ZipFile(path) as archive:
            return _check(archive, public_pem)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError):
        return Release({}, 0, ["the ZIP cannot be read"])


def _check(archive: ZipFile, public_pem: str) -> Release:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    if not {MANIFEST, SIGNATURE} <= sizes.keys():
        return Release({}, 0, ["there is no signed manifest in it: the ZIP is not whole, or none of ours"])
    is_ours = sizes[MANIFEST] <= _LONGEST and sizes[SIGNATURE] == signing.SIGNATURE_BYTES
    content = archive.read(MANIFEST) if is_ours else b""
    if not is_ours or not signing.is_signed(public_pem, content, archive.read(SIGNATURE)):
        return Release({}, 0, ["the manifest is not signed by this key"])
    manifest: dict[str, Any] = json.loads(content)
    if manifest["form"] != _FORM:
        return Release({}, 0, ["the manifest is of a form that this version does not know"])
    listed = {each["name"]: each["sha256"] for each in manifest["files"]}
    faults = [*_faults_of_names(archive, listed), *_changed(archive, listed)]
    about = {name: value for name, value in manifest.items() if isinstance(value, str)}
    return Release(about, len(listed), faults)


def _faults_of_names(archive: ZipFile, listed: Mapping[str, str]) -> list[str]:
    there = Counter(info.filename for info in archive.infolist())
    return [
        *(f"{name}: stands in it twice" for name, count in there.items() if count > 1),
        *(f"{name}: missing" for name in listed if name not in there),
        *(f"{name}: was put in" for name in there if name not in listed and name not in {MANIFEST, SIGNATURE}),
    ]


def _changed(archive: ZipFile, listed: Mapping[str, str]) -> list[str]:
    return [
        f"{info.filename}: changed"
        for info in archive.infolist()
        if info.filename in listed and _digest(archive, info) != listed[info.filename]
    ]


def _digest(archive: ZipFile, member: ZipInfo) -> str:
    """The SHA-256 of a file; empty where it cannot be read."""
    made = hashlib.sha256()
    try:
        with archive.open(member) as file:
            while part := file.read(_CHUNK):
                made.update(part)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ZlibError):
        return ""
    return made.hexdigest()
