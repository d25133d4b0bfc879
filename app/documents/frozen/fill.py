"""How does a card become a file without the engine? Its blocks are known, its texts and marks go into their slots."""

import hashlib
import re
import zlib
from collections import OrderedDict
from threading import Lock
from typing import Final

from app.documents.branding_style import style_of
from app.documents.frozen import about, lettering
from app.documents.frozen.blocks import Block, cut
from app.documents.frozen.cut_slots import CutSlots
from app.documents.frozen.library import Library, Look, library
from app.documents.frozen.objects import LEVEL, text
from app.documents.frozen.shape import Hole, Shape, Sheet, link, shaped
from app.documents.frozen.unfit import Unfit
from app.documents.scorecard_page import page
from app.rules.branding import HOUSE, Branding
from app.rules.scorecard import Scorecard
from app.rules.vocabulary import Language

_SHAPES: Final = 256
_shapes: OrderedDict[tuple[object, ...], Shape] = OrderedDict()
_lock: Final = Lock()


def fill(card: Scorecard, language: Language, branding: Branding = HOUSE, *, in_batch: bool = False) -> bytes:
    """The PDF of a card; Unfit where the engine must lay it out."""
    known = library()
    slots = CutSlots(branding)
    blocks = cut(page(card, language, branding, slots))
    shape = _shape(known, blocks, Look(language.value, style_of(branding), branding.footer), in_batch=in_batch)
    if sum(len(sheet.lines) for sheet in shape.sheets) != len(slots.lines):
        raise Unfit("count")
    if sum(len(sheet.marks) for sheet in shape.sheets) != len(slots.drawings):
        raise Unfit("count")
    return _file(known, shape, slots)


def _shape(known: Library, blocks: list[Block], look: Look, *, in_batch: bool) -> Shape:
    """The shape of these blocks, made when it is first met."""
    made = known.blocks(blocks, look, in_batch=in_batch)
    key = (look, *(block.key for block in blocks), *(str(_sisters(block)) for block in blocks))
    with _lock:
        if key in _shapes:
            _shapes.move_to_end(key)
            return _shapes[key]
    shape = shaped(blocks, made, known.foot(look), known.common, look.language)
    with _lock:
        _shapes[key] = shape
        if len(_shapes) > _SHAPES:
            _shapes.popitem(last=False)
    return shape


def _sisters(block: Block) -> tuple[int, ...]:
    """Which containers of the page a block lies in."""
    return tuple(each.number for each in block.containers)


def _file(known: Library, shape: Shape, slots: CutSlots) -> bytes:
    """The whole file; its name is drawn from all that differs, so that the same card gives the same bytes."""
    widths: list[float] = []
    streams = _contents(shape, slots, widths)
    streams[shape.numbers.metadata] = (b"/Type/Metadata/Subtype/XML", about.packet(known.metadata, slots.about))
    plain = {shape.numbers.info: about.dictionary(slots.about)}
    for number, (_, words) in zip(shape.numbers.alternatives, slots.drawings, strict=True):
        plain[number] = text(words)
    for place, (number, area) in enumerate(zip(shape.numbers.links, shape.links, strict=True), len(shape.sheets)):
        plain[number] = _link(slots.links[0], link(area, area[1] + widths[area[4]]), place)
    digest = hashlib.sha256(b"".join([*(content for _, content in streams.values()), *plain.values()]))
    name = digest.hexdigest()[:32].encode()
    trailer = b"/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]" % (shape.root, shape.numbers.info, name, name)
    return shape.frozen.completed(plain, streams, trailer)


def _contents(shape: Shape, slots: CutSlots, widths: list[float]) -> dict[int, tuple[bytes, bytes]]:
    """What each page draws, with lines and marks in their slots; notes how wide each line is."""
    lines, drawings = iter(slots.lines), iter(slots.drawings)
    contents: dict[int, tuple[bytes, bytes]] = {}
    for number, sheet in enumerate(shape.sheets, 1):
        operators = list(sheet.operators)
        for hole, line in zip(sheet.lines, lines):  # noqa: B905 - the others are for the next sheet
            _put(operators, hole, line)
            widths.append(line.width)
        for place in sheet.marks:
            operators[place] = next(drawings)[0]
        page_of = f"{slots.about['page']} {number} {slots.about['of']} {len(shape.sheets)}"
        _put_foot(operators, sheet, (slots.about["paper"], page_of))
        packed = zlib.compress("".join(operators).encode("latin-1"), LEVEL)
        contents[sheet.contents] = (b"/Filter/FlateDecode", packed)
    return contents


def _link(address: str, area: bytes, place: int) -> bytes:
    """The annotation of a link, as the engine writes it."""
    if not address.isascii() or not address.isprintable():
        raise Unfit("address")
    plain = re.sub(rb"[\\()]", rb"\\\g<0>", address.encode())
    return (
        b"<</Type/Annot/Subtype/Link/Rect[%s]/BS<</W 0>>/F 4/StructParent %d"
        b"/A<</Type/Action/S/URI/URI(%s)>>/Contents(%s)>>" % (area, place, plain, plain)
    )


def _put(operators: list[str], hole: Hole, line: lettering.Shaped) -> None:
    """Write a line into its hole."""
    if hole.end is None:
        operators[hole.place] = hole.before + line.glyphs
    else:
        operators[hole.place] = f"1 0 0 -1 {hole.end - line.width:.4f} {hole.before}{line.glyphs}"


def _put_foot(operators: list[str], sheet: Sheet, foot: tuple[str, str]) -> None:
    for hole, words in zip(sheet.foot, foot, strict=True):
        lines = lettering.lines(hole.style, words)
        if len(lines) != 1:
            raise Unfit("foot")
        _put(operators, hole, lines[0])
