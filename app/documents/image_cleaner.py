"""How does an image lose everything but its dots? Written anew in a process of its own that may fail without harm.

This file is run as a program, with nothing of the service around it: the image comes on standard input, the new one
goes to standard output. Where, when and with which camera it was taken stays behind. With a width and a height as
arguments it is made to fit into so many dots, on white: as it is printed.
"""

import io
import resource
import sys

from PIL import Image, ImageOps

MAX_DOTS = 50_000_000
MAX_MEMORY = 1_200_000_000
MAX_SECONDS = 20
_KINDS = ("JPEG", "PNG")
_QUALITY = 90


def clean(content: bytes, box: tuple[int, int] | None = None) -> bytes:
    """The image turned as it is meant to be seen, without metadata; ValueError for what cannot be taken."""
    with Image.open(io.BytesIO(content), formats=_KINDS) as image:
        kind = image.format or ""
        if image.width * image.height > MAX_DOTS:
            raise ValueError("too many dots")
        image.load()
        upright = ImageOps.exif_transpose(image)
    if box is not None:
        upright = _for_print(upright, box)
    if kind == "JPEG" and upright.mode not in {"L", "RGB"}:
        upright = upright.convert("RGB")
    # What makes a colour transparent belongs to the dots; all else that was noted does not
    upright.info = {name: value for name, value in upright.info.items() if name == "transparency"}
    file = io.BytesIO()
    upright.save(file, kind, **({"quality": _QUALITY} if kind == "JPEG" else {}))
    return file.getvalue()


def _for_print(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The image in plain colours on white paper, no larger than the box."""
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    paper.thumbnail(box)
    return paper


def main() -> None:
    """Clean the image within its limits; anything that goes wrong ends the process with another code than 0."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_DOTS
    box = (int(sys.argv[1]), int(sys.argv[2])) if sys.argv[1:] else None
    sys.stdout.buffer.write(clean(sys.stdin.buffer.read(), box))


if __name__ == "__main__":
    main()
