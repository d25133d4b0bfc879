"""Are files kept for a day, under names that nobody guesses and nothing else can be reached by?"""

import stat
from pathlib import Path

import pytest

from app.errors import Conflict
from app.services import uploads
from tests.tools import Clock


def test_what_is_kept_is_found_until_it_is_forgotten(tmp_path: Path) -> None:
    name = uploads.keep(tmp_path, b"content")
    assert uploads.fetch(tmp_path, name) == b"content"
    (path,) = (tmp_path / "uploads").iterdir()
    assert (len(path.name), stat.S_IMODE(path.stat().st_mode)) == (32, 0o600)
    uploads.forget(tmp_path, name)
    uploads.forget(tmp_path, name)
    with pytest.raises(Conflict, match="upload_gone"):
        uploads.fetch(tmp_path, name)


def test_old_files_make_room(tmp_path: Path, clock: Clock) -> None:
    old = uploads.keep(tmp_path, b"old")
    clock.advance(hours=23)
    young = uploads.keep(tmp_path, b"young")
    clock.advance(hours=2)
    newest = uploads.keep(tmp_path, b"newest")
    assert {path.name for path in (tmp_path / "uploads").iterdir()} == {young, newest}
    with pytest.raises(Conflict):
        uploads.fetch(tmp_path, old)


@pytest.mark.parametrize("name", ["", "../secret", "/etc/passwd", "a" * 31, "a" * 33, "a" * 30 + "/a", "a" * 31 + "\n"])
def test_nothing_else_can_be_reached(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(Conflict):
        uploads.fetch(tmp_path, name)
    with pytest.raises(Conflict):
        uploads.forget(tmp_path, name)
    assert (tmp_path / "secret").exists()
