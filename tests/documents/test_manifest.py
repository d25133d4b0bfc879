"""Does the check of a release find every file that was changed, taken out, put in or signed by somebody else?"""

import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from app import signing
from app.documents.manifest import MANIFEST, SIGNATURE, Release, SignedZip, check_release
from app.settings import Settings

ABOUT = {"organisation": "PT Contoh", "period": "2026-01", "language": "id"}
Checked = Callable[[Path, Mapping[str, bytes], str], Release]
MADE_AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
FILES = {
    "contents.csv": b"number,name\r\n4,Eli\r\n",
    "Kartu-Skor_4.pdf": b"%PDF-1.7 4",
    "Kartu-Skor_5.pdf": b"%PDF-1.7 5",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def released(settings: Settings, files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    """All members of a release by name."""
    made = SignedZip(settings, MADE_AT, ABOUT)
    parts = [made.add(name, content, 1 if name.endswith(".pdf") else None) for name, content in files.items()]
    with ZipFile(io.BytesIO(b"".join(parts) + made.end())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def as_folder(folder: Path, members: Mapping[str, bytes], key: str) -> Release:
    path = folder / "release"
    for name, content in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return check_release(path, key)


def as_zip(folder: Path, members: Mapping[str, bytes], key: str) -> Release:
    path = folder / "release.zip"
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return check_release(path, key)


@pytest.mark.parametrize("checked", [as_zip, as_folder])
def test_a_release_is_known_by_its_signature_alone(tmp_path: Path, settings: Settings, checked: Checked) -> None:
    members = released(settings)
    assert checked(tmp_path, members, signing.public_key(settings)) == Release(
        {"form": "kinerja-manifest-1", "made_at": "2026-02-03T04:05:06+00:00", **ABOUT}, len(FILES), []
    )
    assert json.loads(members[MANIFEST])["files"] == [
        {"name": "contents.csv", "sha256": hashlib.sha256(FILES["contents.csv"]).hexdigest()},
        {"name": "Kartu-Skor_4.pdf", "sha256": hashlib.sha256(b"%PDF-1.7 4").hexdigest(), "version": 1},
        {"name": "Kartu-Skor_5.pdf", "sha256": hashlib.sha256(b"%PDF-1.7 5").hexdigest(), "version": 1},
    ]
    assert released(settings) == members


@pytest.mark.parametrize("checked", [as_zip, as_folder])
@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"Kartu-Skor_4.pdf": b"%PDF-1.7 x"}, ["Kartu-Skor_4.pdf: changed"]),
        ({"Kartu-Skor_4.pdf": None}, ["Kartu-Skor_4.pdf: missing"]),
        ({"Kartu-Skor_6.pdf": b"%PDF-1.7 6"}, ["Kartu-Skor_6.pdf: was put in"]),
        ({"HR/Kartu-Skor_4.pdf": b"%PDF-1.7 4"}, ["HR/Kartu-Skor_4.pdf: was put in"]),
        ({MANIFEST: b"{}"}, ["the manifest is not signed by this key"]),
        ({SIGNATURE: b"0" * 64}, ["the manifest is not signed by this key"]),
        ({SIGNATURE: b"0"}, ["the manifest is not signed by this key"]),
        ({MANIFEST: None}, ["there is no signed manifest in it: it is not whole, or none of ours"]),
    ],
)
def test_whatever_was_done_to_it_is_named(
    tmp_path: Path, settings: Settings, change: dict[str, bytes | None], faults: list[str], checked: Checked
) -> None:
    members = {name: content for name, content in {**released(settings), **change}.items() if content is not None}
    assert checked(tmp_path, members, signing.public_key(settings)).faults == faults


def test_every_changed_byte_of_manifest_and_signature_shows(tmp_path: Path, settings: Settings) -> None:
    members, key = released(settings), signing.public_key(settings)
    for name in (MANIFEST, SIGNATURE):
        for place in range(0, len(members[name]), 7):
            changed = bytearray(members[name])
            changed[place] ^= 1
            assert not signing.is_signed(
                key, *({**members, name: bytes(changed)}[each] for each in (MANIFEST, SIGNATURE))
            )
    assert as_zip(tmp_path, members, key).faults == []


def test_a_manifest_opens_no_file_outside_its_folder(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "other.txt").write_bytes(b"%PDF-1.7 4")
    members = released(settings, {"../other.txt": b"%PDF-1.7 4"})
    members.pop("../other.txt")
    assert as_folder(tmp_path, members, signing.public_key(settings)).faults == ["../other.txt: missing"]


def test_a_file_that_stands_in_it_twice_is_named(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "twice.zip"
    with ZipFile(path, "w") as archive:
        for name, content in released(settings).items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("Kartu-Skor_4.pdf", b"another")
    faults = check_release(path, signing.public_key(settings)).faults
    assert faults == ["Kartu-Skor_4.pdf: stands in it twice", "Kartu-Skor_4.pdf: changed"]


def test_another_organisations_key_signed_nothing(tmp_path: Path, settings: Settings) -> None:
    other = signing.public_key(Settings(data_dir=tmp_path / "other"))
    assert as_zip(tmp_path, released(settings), other).faults == ["the manifest is not signed by this key"]


@pytest.mark.parametrize("cut", [10, 200, 700])
def test_a_zip_that_broke_off_is_not_whole(tmp_path: Path, settings: Settings, cut: int) -> None:
    as_zip(tmp_path, released(settings), signing.public_key(settings))
    path = tmp_path / "release.zip"
    path.write_bytes(path.read_bytes()[:-cut])
    assert check_release(path, signing.public_key(settings)).faults == ["the ZIP cannot be read"]


def test_bytes_that_rotted_inside_are_a_changed_file(tmp_path: Path, settings: Settings) -> None:
    as_zip(tmp_path, released(settings), signing.public_key(settings))
    path = tmp_path / "release.zip"
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7 5", b"%PDF-1.7 X", 1))
    assert check_release(path, signing.public_key(settings)).faults == ["Kartu-Skor_5.pdf: changed"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
def test_other_peoples_program_knows_the_signature(tmp_path: Path, settings: Settings) -> None:
    for name, content in {**released(settings), "key.pem": signing.public_key(settings).encode()}.items():
        (tmp_path / name).write_bytes(content)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, "Signature Verified Successfully\n")
