"""Where does a file lie between being looked at and being taken? Under a name that nobody can guess."""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from app import clock
from app.errors import Conflict

_FOLDER: Final = "uploads"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_KEPT_FOR: Final = 24 * 3600
"""Seconds after which a file that nobody took is thrown away."""


def keep(data_dir: Path, content: bytes) -> str:
    """Keep a file for a day; the name under which it is found again."""
    folder = data_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    forget_old(data_dir)
    name = secrets.token_urlsafe(24)
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    # Age is told by our own clock
    os.utime(folder / name, (clock.now().timestamp(),) * 2)
    return name


def fetch(data_dir: Path, name: str) -> bytes:
    """The file; Conflict when it is not there any more."""
    try:
        return _path(data_dir, name).read_bytes()
    except OSError as gone:
        raise Conflict("upload_gone") from gone


def forget(data_dir: Path, name: str) -> None:
    """Throw the file away, if it is there."""
    _path(data_dir, name).unlink(missing_ok=True)


def _path(data_dir: Path, name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise Conflict("upload_gone")
    return data_dir / _FOLDER / name


def forget_old(data_dir: Path) -> None:
    """Throw away what nobody took within a day."""
    folder = data_dir / _FOLDER
    oldest = clock.now().timestamp() - _KEPT_FOR
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another request was faster
