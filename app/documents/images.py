"""What is left of an image that somebody sends? Its dots, written anew by a process that may fail without harm."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from app.documents import image_cleaner

_PATIENCE: Final = 25


def written_anew(content: bytes, *, box: tuple[int, int] | None = None) -> bytes:
    """The image without all that is no dot, made to fit into a box where one is given; ValueError for what is none."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program, given nothing but bytes on standard input
            [sys.executable, "-I", str(Path(image_cleaner.__file__)), *map(str, box or ())],
            input=content,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            env={},
        )
    except subprocess.SubprocessError as failed:
        raise ValueError("the image cannot be taken") from failed
    return done.stdout
