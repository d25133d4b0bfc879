"""What is in a PDF, as other programs see it: its structure with the text of each part, and its pages as pictures."""

import io
import re
from typing import Any, Final

import pypdf
import pypdfium2
from PIL import Image, ImageChops

OFF_AT_MOST: Final = 64
_PIECE: Final = re.compile(
    rb"/MCID (?P<content>\d+)|/(?P<font>\w+) [\d.]+ Tf|(?P<end>EMC)|\[(?P<glyphs>[^\]]*)\] ?TJ|(?P<artifact>/Artifact)"
)
_MAPPED: Final = re.compile(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", re.MULTILINE)


class Box(tuple[float, ...]):
    """Where a drawing lies; a tenth of a point makes no difference."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and all(abs(a - b) < 0.1 for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


def structure(pdf: bytes) -> list[Any]:
    """Each element in reading order: depth, role, what describes it, its attributes; or the text that it holds."""
    file: Any = pypdf.PdfReader(io.BytesIO(pdf))
    texts = {page.indirect_reference.idnum: _texts(page) for page in file.pages if page.indirect_reference}
    found: list[Any] = []
    _walk(file.trailer["/Root"]["/StructTreeRoot"], 0, texts, found)
    return found


def _walk(node: Any, depth: int, texts: dict[int, dict[int, str]], found: list[Any]) -> None:
    kids = node.get("/K", [])
    kids = kids.get_object() if isinstance(kids, pypdf.generic.IndirectObject) else kids
    every: list[Any] = kids if isinstance(kids, list) else [kids]
    for kid in every:
        each: Any = kid.get_object()
        if not isinstance(each, pypdf.generic.DictionaryObject):
            found.append((depth, texts[node.raw_get("/Pg").idnum].get(int(each), "")))
            continue
        if each.get("/Type") == "/OBJR":
            annotation: Any = each["/Obj"]
            found.append((depth, str(annotation["/A"]["/URI"])))
            continue
        rules = each.get("/A", {})
        found.append(
            (
                depth,
                str(each["/S"]),
                str(each.get("/Alt", "")),
                str(rules.get("/Scope", "")),
                int(rules.get("/ColSpan", 1)),
                len(rules.get("/Headers", [])),
                Box(map(float, rules["/BBox"])) if "/BBox" in rules else None,
            )
        )
        _walk(each, depth + 1, texts, found)


def _texts(page: Any) -> dict[int, str]:
    """The text of each piece of marked content; drawings have none of theirs read."""
    maps = {name.encode(): _map(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    texts: dict[int, str] = {}
    font, content = b"", None
    for piece in _PIECE.finditer(page.get_contents().get_data()):
        if piece["content"]:
            content = int(piece["content"])
        elif piece["font"]:
            font = b"/" + piece["font"]
        elif piece["end"] or piece["artifact"]:
            content = None
        elif content is not None:
            glyphs = re.findall(rb"<([0-9a-f]+)>", piece["glyphs"])
            codes = [run[at : at + 4].decode() for run in glyphs for at in range(0, len(run), 4)]
            texts[content] = texts.get(content, "") + "".join(maps[font][code] for code in codes)
    return texts


def _map(font: Any) -> dict[str, str]:
    read = font["/ToUnicode"].get_object().get_data().decode("ascii")
    return {glyph: bytes.fromhex(text).decode("utf-16-be") for glyph, text in _MAPPED.findall(read)}


def pictures(pdf: bytes, dots: int = 100) -> list[Image.Image]:
    """The pages at so many dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dots / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def difference(one: bytes, other: bytes) -> int:
    """The most by which a channel of a dot differs, of 255; another number of pages is all of it.

    The viewer puts lines of text on whole dots: where one lies between two, a millionth decides. What differs much is
    looked at again at another size, where it lies otherwise.
    """
    seen = _difference(one, other, 100)
    return seen if seen <= OFF_AT_MOST else min(seen, _difference(one, other, 103))


def _difference(one: bytes, other: bytes, dots: int) -> int:
    first, second = pictures(one, dots), pictures(other, dots)
    if len(first) != len(second):
        return 255
    both: Any = [ImageChops.difference(a, b).getextrema() for a, b in zip(first, second, strict=True)]
    return max(int(most) for page in both for _, most in page)
