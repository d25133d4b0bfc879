"""Which blocks does a page fall into, and what did the engine make of each? Cutting and compiling."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.documents import pdf_process
from app.documents.frozen import lettering
from app.documents.frozen.cut_slots import BEGIN, DRAWING, END, SENTINEL, SLOT
from app.documents.frozen.styles import LINKED, STYLES
from app.documents.frozen.unfit import Unfit

_WEIGHTS: Final = {"Lato": 400, "Lato-Semi-Bold": 600, "Lato-Bold": 700}
MARKER: Final = "¤"
"""Stands for a line while a block is laid out; no text of ours holds it."""
_BREAK: Final = "&#x2028;"
_HEAD: Final = "1 0 0 -1 0 841.889764 cm\nq\n0.75 0 0 0.75 0 0 cm\n"
_FOOT: Final = "\nQ"
_TAG: Final = re.compile(r"<(/?)(\w+)[^>]*?(/?)>")
_SLOT: Final = re.compile(f"{SLOT}([a-z-]+):([0-9]+){SLOT}")
_log: Final = logging.getLogger(__name__)
_DRAWN: Final = re.compile(
    r"1 0 0 -1 (?P<x>[-\d.]+) (?P<y>[-\d.]+) Tm\n(?:/(?P<font>\w+) (?P<size>[\d.]+) Tf\n)?\[(?P<glyphs>[^\]]*)\] TJ"
    r"|" + " ".join(f"{int(SENTINEL[at : at + 2], 16) / 255:.6f}" for at in (0, 2, 4)) + r" rg\n[^f]*?0 0 1 1 re\nf"
)
_FONT: Final = re.compile(r"/([A-Z]{6}) ")
_NO_SHIFT: Final = re.compile(r">0(?:<|(?=\]))")
"""Between glyphs that stand where they would stand anyhow; nine in ten do, and each file is shorter without."""
_SIZE_SLACK: Final = 0.01
_SPECIMENS: Final = (
    "@page { @bottom-left { content: none } @bottom-right { content: none } }"
    " .specimen { display: flow-root; break-before: page; anchor: attr(id) }"
)


@dataclass(frozen=True, slots=True)
class Container:
    """An element around blocks; each has a number of its own on the page."""

    opening: str
    number: int

    @property
    def closing(self) -> str:
        """Its end tag."""
        return f"</{self.opening[1:].partition(' ')[0].rstrip('>')}>"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the page that is laid out by itself, as HTML with slots."""

    html: str
    containers: tuple[Container, ...]

    @property
    def key(self) -> str:
        """All that its layout depends on."""
        return "".join(each.opening for each in self.containers) + self.html

    @property
    def whole(self) -> str:
        """The block with its containers around it."""
        return self.key + "".join(each.closing for each in reversed(self.containers))


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line of text goes: the start of its base line, or the end; and the size that the engine writes."""

    style: str
    size: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the marks of a drawing go."""


Piece = str | Line | Mark


@dataclass(frozen=True, slots=True)
class FrozenBlock:
    """A block as it is drawn at the top of a sheet, and its tags below the containers."""

    pieces: tuple[Piece, ...]
    roles: tuple[str, ...]
    """What each container is in the structure tree."""
    tags: tuple[dict[str, Any], ...]
    top: float
    height: float
    links: tuple[tuple[int, float, float, float], ...]
    """Of each link: its line among those of the block, its left edge, top and bottom."""
    bookmarks: tuple[tuple[int, str, float], ...]
    pictures: dict[str, list[str]]
    """The pictures that it draws by their names, as objects of a file."""


def cut(html: str) -> list[Block]:
    """The blocks of a page in their order."""
    before, *rest = html.partition("<body")[2].partition(">")[2].split(BEGIN)
    number = iter(range(1, 10_000))
    open_now: list[Container] = []
    _follow(before, open_now, number)
    blocks: list[Block] = []
    for part in rest:
        inside, _, after = part.partition(END)
        blocks.append(Block(inside.strip(), tuple(open_now)))
        _follow(after, open_now, number)
    return blocks


def _follow(between: str, open_now: list[Container], number: Iterator[int]) -> None:
    """Open and close the containers between two blocks; columns belong to their table."""
    for tag, is_end, name, is_empty in _tags(between):
        if name in {"colgroup", "col"}:
            table = open_now.pop()
            open_now.append(Container(table.opening + tag, table.number))
        elif not is_end and not is_empty:
            open_now.append(Container(tag, next(number)))
        elif is_end and open_now:
            open_now.pop()


@lru_cache(maxsize=1_000)
def _tags(between: str) -> list[tuple[str, str, str, str]]:
    """Each tag, whether it is an end, its name, whether it is empty."""
    return [(tag[0], tag[1], tag[2], tag[3]) for tag in _TAG.finditer(between)]


def compiled(blocks: Sequence[Block], language: str, style: str, *, in_batch: bool) -> list[FrozenBlock]:
    """Let the engine lay out blocks, each on a sheet of its own."""
    if any(MARKER in block.key for block in blocks):
        raise Unfit("marker")
    sheets = "".join(
        f'<div class="specimen" id="b{number}">{_with_markers(block.whole)}</div>'
        for number, block in enumerate(blocks)
    )
    answer = json.loads(
        pdf_process.freeze(
            sheet_page(language, sheets, f"<title>-</title><style>{style}{_SPECIMENS}</style>"), in_batch=in_batch
        )
    )
    if len(answer["sheets"]) != len(blocks):
        raise Unfit("large")
    fonts = weights(answer)
    return [
        _frozen(sheet, f"b{number}", len(block.containers), fonts, _slots(block.html), answer["pictures"])
        for number, (sheet, block) in enumerate(zip(answer["sheets"], blocks, strict=True))
    ]


def sheet_page(language: str, body: str, head: str = "<title>-</title>", attributes: str = "") -> str:
    """A page to be frozen."""
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body {attributes}>{body}</body></html>'


def weights(answer: dict[str, Any]) -> dict[str, int]:
    """The weight of each font by the name that the engine gave it."""
    return {
        name: _WEIGHTS[font[0].partition("+")[2].partition("/")[0].strip()] for name, font in answer["fonts"].items()
    }


def _with_markers(whole: str) -> str:
    marked = _SLOT.sub(lambda slot: _BREAK.join([MARKER] * int(slot[2])), whole)
    return marked.replace(DRAWING, MARKER)


def _slots(whole: str) -> list[str]:
    """The style of each line in its order."""
    return [slot[1] for slot in _SLOT.finditer(whole) for _ in range(int(slot[2]))]


def _frozen(
    sheet: dict[str, Any],
    name: str,
    depth: int,
    fonts: dict[str, int],
    styles: list[str],
    pictures: dict[str, list[str]],
) -> FrozenBlock:
    _left, top, _right, bottom = sheet["parts"][name]
    tags, roles = sheet["tags"], []
    for _ in range(depth + 1):  # the specimen itself, then its containers
        if len(tags) != 1:
            raise Unfit("engine")
        roles.append(tags[0]["role"])
        tags = tags[0]["kids"]
    return FrozenBlock(
        pieces=tuple(pieces_of(sheet["drawn"], fonts, styles)),
        roles=tuple(roles[1:]),
        tags=tuple(tags),
        top=top,
        height=bottom - top,
        links=tuple(
            (line, left, upper, lower)
            for line, (_, (left, upper, _, lower)) in zip(
                (line for line, style in enumerate(styles) if style in LINKED), sheet["links"], strict=True
            )
        ),
        bookmarks=tuple((level, label, at - top) for level, label, at in sheet["bookmarks"]),
        pictures={name: picture for name, picture in pictures.items() if f"/{name} Do" in sheet["drawn"]},
    )


def pieces_of(drawn: str, fonts: dict[str, int], styles: Sequence[str]) -> list[Piece]:
    """What a sheet draws, cut at its slots."""
    if not drawn.startswith(_HEAD) or not drawn.endswith(_FOOT):
        raise Unfit("engine")
    drawn = drawn[len(_HEAD) : -len(_FOOT)]
    pieces: list[Piece] = []
    wanted = iter(styles)
    markers = {weight: lettering.face(weight, 10).shaped(MARKER).glyphs.strip("<>") for weight in fonts.values()}
    weight, size, end = 0, 0.0, 0
    for found in _DRAWN.finditer(drawn):
        if found["x"] is None:
            slot: Piece = Mark()
        else:
            if found["font"]:
                weight, size = fonts[found["font"]], float(found["size"])
            if f"<{markers.get(weight)}>" not in found["glyphs"]:
                continue
            slot = _line(found, weight, size, next(wanted, ""))
        pieces += [_with_fonts(drawn[end : found.start()], fonts), slot]
        end = found.end()
    if next(wanted, None) is not None:
        raise Unfit("engine")
    return [*pieces, _with_fonts(drawn[end:], fonts)]


def _line(found: re.Match[str], weight: int, size: float, style_name: str) -> Line:
    style = STYLES.get(style_name)
    if style is None or style.weight != weight or abs(style.pixels - size) > _SIZE_SLACK:
        _log.warning("slot %r is lettered %s at %s pixels", style_name, weight, size)
        raise Unfit("style")
    x = float(found["x"]) + (lettering.face(weight, style.pixels).shaped(MARKER).width if style.is_right else 0)
    return Line(style_name, size, x, float(found["y"]))


def _with_fonts(operators: str, fonts: dict[str, int]) -> str:
    operators = _NO_SHIFT.sub(lambda shift: "" if shift[0].endswith("<") else ">", operators)
    return _FONT.sub(lambda name: f"/F{fonts[name[1]]} " if name[1] in fonts else name[0], operators)
