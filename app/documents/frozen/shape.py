"""What do all cards with the same blocks share? Where each block lies, the tags, and most of the file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.documents.frozen import lettering
from app.documents.frozen.blocks import Block, FrozenBlock, Line, Mark, Piece
from app.documents.frozen.lettering import Style
from app.documents.frozen.objects import Frozen, Shared, text
from app.documents.frozen.styles import STYLES
from app.documents.frozen.tags import Tree
from app.documents.frozen.unfit import Unfit

PAGE: Final = (595.275591, 841.889764)
SCALE: Final = 0.75
TOP: Final = 11 * lettering.PIXELS_PER_MILLIMETRE
BOTTOM: Final = PAGE[1] / SCALE - 15 * lettering.PIXELS_PER_MILLIMETRE
_TOO_CLOSE: Final = 0.5
"""Pixels: whether a section fits is not ours to say where it is as near as this."""
_KEPT: Final = re.compile(r'class="(?:[a-z -]*\s)?(?:details-section|comment|sign-off)')
"""Sections that go to the next page as a whole; as in scorecard.css."""
_CONTENT: Final = re.compile(r"(?<=<</MCID )\d+(?=>>)")
_HEAD: Final = "1 0 0 -1 0 841.889764 cm\nq\n0.75 0 0 0.75 0 0 cm\n"
_REFERENCE: Final = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Common:
    """What all files share, as objects of the engine: fonts by weight, and what the colours mean."""

    fonts: Mapping[int, Sequence[str]]
    intent: str
    profile: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in the operators of a page that a line fills: what stands before its glyphs, or where the line ends."""

    place: int
    style: Style
    before: str
    end: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The operators of a page with the places that are filled: lines, marks, and the two texts of the foot."""

    operators: tuple[str, ...]
    lines: tuple[Hole, ...]
    marks: tuple[int, ...]
    foot: tuple[Hole, ...]
    contents: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the objects that each card writes by itself."""

    info: int
    metadata: int
    alternatives: tuple[int, ...]
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """All that cards with these blocks share."""

    sheets: tuple[Sheet, ...]
    frozen: Frozen
    numbers: Numbers
    root: int
    links: tuple[tuple[int, float, float, float, int], ...]
    """Of each link: the page, its left edge, top and bottom, and the line that it is as wide as."""


def shaped(
    blocks: Sequence[Block],
    made: Sequence[FrozenBlock],
    foot: Sequence[Piece],
    common: Common,
    language: str,
) -> Shape:
    """Stack the blocks on pages and write down what does not differ."""
    places = _placed(blocks, made)
    shared = Shared()
    pages = [shared.new() for _ in range(places[-1][0] + 1)]
    tree = Tree(shared, pages)
    contents = [shared.new() for _ in pages]
    drawn: list[list[Piece]] = [[_HEAD] for _ in pages]
    links: list[tuple[int, float, float, float, int]] = []
    line = 0
    for block, each, (page, y) in zip(blocks, made, places, strict=True):
        drop = y - each.top
        first = tree.content_before(page)
        tree.add(block, each, page, drop)
        drawn[page] += [f"q\n1 0 0 1 0 {drop:.6f} cm\n", *_numbered(each.pieces, first), "\nQ\n"]
        links += [(page, left, top + drop, bottom + drop, line + own) for own, left, top, bottom in each.links]
        line += sum(isinstance(piece, Line) for piece in each.pieces)
    numbers = Numbers(shared.new(), shared.new(), tuple(tree.alternatives), tuple(tree.links))
    tree.written()
    pictures = {name: picture for each in made for name, picture in each.pictures.items()}
    resources = _resources(shared, common.fonts, pictures)
    outlines = _outlines(shared, made, places, pages)
    intent = _REFERENCE.sub(f"{_adopted(shared, common.profile)} 0 R", common.intent).encode()
    root = _write_document(shared, pages, contents, resources, tree, numbers, outlines, intent, language, links)
    sheets = tuple(_sheet([*some, *foot, "\nQ"], number) for some, number in zip(drawn, contents, strict=True))
    return Shape(sheets, shared.frozen(), numbers, root, tuple(links))


def _placed(blocks: Sequence[Block], made: Sequence[FrozenBlock]) -> list[tuple[int, float]]:
    """The page and the top of each block."""
    places: list[tuple[int, float]] = []
    page, y, start = 0, TOP, 0
    while start < len(blocks):
        end = _end_of_section(blocks, start)
        height = sum(each.height for each in made[start:end])
        is_kept = end > start + 1 or _is_kept(blocks[start])
        if abs(y + height - BOTTOM) < _TOO_CLOSE:
            raise Unfit("close")
        if y + height > BOTTOM:
            if not is_kept or y == TOP or TOP + height > BOTTOM - _TOO_CLOSE:
                raise Unfit("pages")
            page, y = page + 1, TOP
        for each in made[start:end]:
            places.append((page, y))
            y += each.height
        start = end
    return places


def _is_kept(block: Block) -> bool:
    return bool(block.containers and _KEPT.search(block.containers[0].opening))


def _end_of_section(blocks: Sequence[Block], start: int) -> int:
    """Where the section ends that is kept together; a block outside such a section stands for itself."""
    if not _is_kept(blocks[start]):
        return start + 1
    number = blocks[start].containers[0].number
    end = start
    while end < len(blocks) and blocks[end].containers and blocks[end].containers[0].number == number:
        end += 1
    return end


def _numbered(pieces: Sequence[Piece], first: int) -> list[Piece]:
    """The same operators with the marked content numbered on from what the page holds."""
    return [
        _CONTENT.sub(lambda number: str(int(number[0]) + first), piece) if isinstance(piece, str) else piece
        for piece in pieces
    ]


def _sheet(pieces: Sequence[Piece], contents: int) -> Sheet:
    operators: list[str] = []
    lines: list[Hole] = []
    marks: list[int] = []
    for piece in pieces:
        if isinstance(piece, Line):
            style = STYLES[piece.style]
            after = f"{piece.y:.4f} Tm\n/F{style.weight} {piece.size} Tf\n["
            before = after if style.is_right else f"1 0 0 -1 {piece.x:.4f} {after}"
            lines.append(Hole(len(operators), style, before, piece.x if style.is_right else None))
            operators += ["", "] TJ"]
        elif isinstance(piece, Mark):
            marks.append(len(operators))
            operators.append("")
        else:
            operators.append(piece)
    return Sheet(tuple(operators), tuple(lines[:-2]), tuple(marks), tuple(lines[-2:]), contents)


def _write_document(  # noqa: PLR0913, PLR0917 - the parts of a document
    shared: Shared,
    pages: Sequence[int],
    contents: Sequence[int],
    resources: int,
    tree: Tree,
    numbers: Numbers,
    outlines: int,
    intent: bytes,
    language: str,
    links: Sequence[tuple[int, float, float, float, int]],
) -> int:
    parent = shared.new()
    for place, (page, content) in enumerate(zip(pages, contents, strict=True)):
        own = [number for number, link in zip(numbers.links, links, strict=True) if link[0] == place]
        annotations = b"/Annots[%s]" % b" ".join(b"%d 0 R" % each for each in own) if own else b""
        shared.plain[page] = (
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.6f %.6f]/Contents %d 0 R/Resources %d 0 R"
            b"/Tabs/S/StructParents %d%s>>" % (parent, *PAGE, content, resources, place, annotations)
        )
    kids = b" ".join(b"%d 0 R" % each for each in pages)
    shared.plain[parent] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids)
    return shared.add(
        b"<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/Lang%s/ViewerPreferences<</DisplayDocTitle true>>"
        b"/MarkInfo<</Marked true>>/Metadata %d 0 R/StructTreeRoot %d 0 R/OutputIntents[%s]>>"
        % (parent, outlines, text(language), numbers.metadata, tree.root, intent)
    )


def _resources(shared: Shared, fonts: Mapping[int, Sequence[str]], pictures: Mapping[str, Sequence[str]]) -> int:
    """What the operators of the pages name."""
    faces = b"".join(b"/F%d %d 0 R" % (weight, _adopted(shared, font)) for weight, font in fonts.items())
    images = b"".join(b"/%s %d 0 R" % (name.encode(), _adopted(shared, each)) for name, each in pictures.items())
    states = b"/a1.0<</ca 1>>/A1.0<</CA 1>>/a1<</ca 1>>/A1<</CA 1>>"
    return shared.add(b"<</Font<<%s>>/XObject<<%s>>/ExtGState<<%s>>>>" % (faces, images, states))


def _adopted(shared: Shared, found: Sequence[str]) -> int:
    """An object of the engine with all that it refers to; its numbers in braces become those of this file."""
    first = shared.count
    for each in found:
        head, mark, rest = each.partition("stream\n")
        entries = _REFERENCE.sub(lambda name: f"{first + 1 + int(name[1])} 0 R", head).strip()
        if mark:
            plain = re.sub(r"/Length \d+", "", entries.removesuffix(">>").removeprefix("<<")).encode("latin-1")
            content = rest.rpartition("\nendstream")[0].encode("latin-1")
            if b"/Filter" in plain:  # pictures come packed
                shared.streams[shared.new()] = (plain, content)
            else:
                shared.add_stream(plain, content)
        else:
            shared.add(entries.encode("latin-1"))
    return first + 1


def _outlines(
    shared: Shared, made: Sequence[FrozenBlock], places: Sequence[tuple[int, float]], pages: Sequence[int]
) -> int:
    """The title with the sections below it."""
    entries = [
        (label, pages[page], PAGE[1] - SCALE * (y + at))
        for each, (page, y) in zip(made, places, strict=True)
        for _, label, at in each.bookmarks
    ]
    root, top, *sections = (shared.new() for _ in range(len(entries) + 1))
    family = b"/First %d 0 R/Last %d 0 R/Count %d" % (sections[0], sections[-1], len(sections))
    for place, (number, (label, page, y)) in enumerate(zip((top, *sections), entries, strict=True)):
        near = b"/Parent %d 0 R%s" % ((root, family) if number == top else (top, b""))
        near += b"/Prev %d 0 R" % sections[place - 2] if place > 1 else b""
        near += b"/Next %d 0 R" % sections[place] if 0 < place < len(sections) else b""
        shared.plain[number] = b"<</Title%s%s/Dest[%d 0 R/XYZ 0 %.3f 0]>>" % (text(label), near, page, y)
    shared.plain[root] = b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (top, top, len(entries))
    return root


def link(area: tuple[Any, ...], right: float) -> bytes:
    """The rectangle of a link in the units of the file."""
    _, left, top, bottom, _ = area
    return b"%.4f %.4f %.4f %.4f" % (
        SCALE * left,
        PAGE[1] - SCALE * top,
        SCALE * right,
        PAGE[1] - SCALE * bottom,
    )
