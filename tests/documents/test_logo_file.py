"""Is a logo nothing but dots that we have written ourselves, and are the others turned away?"""

import base64
import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from app.documents.logo_file import LARGEST, read_logo
from app.errors import Invalid
from app.rules.branding import Logo


def image(
    kind: str = "PNG", size: tuple[int, int] = (300, 100), mode: str = "RGB", colour: object = "#1c4f82"
) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind)  # type: ignore[arg-type]
    return file.getvalue()


def opened(logo: Logo) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(logo.data)))


def bomb(side: int = 60_000) -> bytes:
    """A small PNG that says it has more dots than any memory."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def package() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_logo_is_made_to_fit_where_it_is_printed(kind: str) -> None:
    logo = read_logo(image(kind, (3000, 600)))
    assert (logo.media_type, logo.width, logo.height) == (f"image/{kind.lower()}", 800, 160)
    assert opened(logo).size == (800, 160)


def test_what_was_transparent_is_white_as_paper() -> None:
    logo = read_logo(image(mode="RGBA", colour=(0, 0, 0, 0)))
    assert (opened(logo).mode, opened(logo).getpixel((5, 5))) == ("RGB", (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_way_of_writing_colours_is_taken(mode: str) -> None:
    logo = read_logo(image(mode=mode, colour=1))
    assert (logo.width, logo.height, opened(logo).mode) == (300, 100, "RGB")


def test_nothing_that_hangs_on_an_image_is_kept() -> None:
    sent = image() + package()
    logo = read_logo(sent)
    assert b"script" not in base64.b64decode(logo.data)
    assert b"index.html" not in base64.b64decode(logo.data)
    assert opened(logo).getpixel((5, 5)) == (0x1C, 0x4F, 0x82)


def test_the_same_logo_is_the_same_bytes() -> None:
    assert read_logo(image()) == read_logo(image())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (bytes(LARGEST + 1), "file_too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo_kind"),
        (b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>", "logo_kind"),
        (b"GIF89a" + bytes(100), "logo_kind"),
        (b"%PDF-1.7\n%%EOF\n", "logo_kind"),
        (package(), "logo_kind"),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "logo_damaged"),
        (b"\xff\xd8\xff\xe0<svg/>", "logo_damaged"),
        (image()[:200], "logo_damaged"),
        (bomb(), "logo_damaged"),
        (image(size=(1000, 100)), "logo_shape"),
        (image(size=(100, 400)), "logo_shape"),
        (image(size=(2000, 2)), "logo_shape"),
        (image(size=(149, 74)), "logo_small"),
        (image(size=(1, 1)), "logo_small"),
    ],
)
def test_all_others_are_turned_away(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_logo(content)
    assert [(fault.at, fault.code) for fault in refused.value.faults] == [("logo", code)]
