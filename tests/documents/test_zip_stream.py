"""Is a ZIP that is sent while it is made one that every program can open?"""

import io
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from app.documents.zip_stream import ZipStream

AT = (2026, 3, 5, 9, 30, 0)


def test_the_parts_make_a_whole_zip_with_lengths_before_each_file(tmp_path: Path) -> None:
    stream = ZipStream(AT)
    parts = [stream.add("a.pdf", b"%PDF-1"), stream.add("Dewi-Ayu_é.pdf", b"x" * 100_000), stream.end()]
    assert parts[0].endswith(b"%PDF-1")
    assert len(parts[1]) < 100_200
    flags, method, _time, _day, _checksum, packed, size = struct.unpack("<HHHHIII", parts[0][6:26] + parts[0][26:26])
    assert (flags, method, packed, size) == (0, zipfile.ZIP_STORED, 6, 6)
    whole = b"".join(parts)
    with zipfile.ZipFile(io.BytesIO(whole)) as found:
        assert found.testzip() is None
        assert {info.filename: found.read(info) for info in found.infolist()} == {
            "a.pdf": b"%PDF-1",
            "Dewi-Ayu_é.pdf": b"x" * 100_000,
        }
        assert [info.date_time for info in found.infolist()] == [AT, AT]
    path = tmp_path / "whole.zip"
    path.write_bytes(whole)
    tool = shutil.which("unzip")
    if tool:
        assert subprocess.run([tool, "-tqq", path], check=False).returncode == 0  # noqa: S603


def test_more_files_than_an_old_zip_can_count() -> None:
    stream = ZipStream(AT)
    parts = [stream.add(f"{number}", b"") for number in range(65_540)]
    with zipfile.ZipFile(io.BytesIO(b"".join(parts) + stream.end())) as found:
        assert len(found.namelist()) == 65_540


def test_only_the_file_in_hand_is_kept() -> None:
    stream = ZipStream(AT)
    stream.add("a", b"x" * 1_000_000)
    assert len(stream.add("b", b"y")) < 100
    with pytest.raises(io.UnsupportedOperation):
        stream._unsent.seek(0, io.SEEK_END)
