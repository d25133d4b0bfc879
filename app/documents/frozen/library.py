"""Which blocks are frozen already? Those in memory, those on disk; what is missing the engine lays out."""

import contextlib
import hashlib
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from app.documents import pdf_drawing, pdf_process, pdf_worker
from app.documents.fonts import even_face
from app.documents.frozen import about, lettering
from app.documents.frozen.blocks import (
    MARKER,
    Block,
    FrozenBlock,
    Line,
    Mark,
    Piece,
    compiled,
    pieces_of,
    sheet_page,
    weights,
)
from app.documents.frozen.shape import Common
from app.documents.frozen.unfit import Unfit
from app.templating import templates_dir

SIGNS: Final = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "".join(map(chr, range(0xA0, 0x100)))
    + "–—\u2018\u2019“”„•…‰€™−×≤≥≈≠→←↑↓↔●○ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĪīĮįİıŁłŃńŇňŌōŐőŒœŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽž"
)
"""The signs that frozen documents hold; a card with others takes the full path."""
LIGATURES: Final = "fi fl ff ffi ffl fj ffj fb ffb fh ffh fk ffk ft fft tt tti ti tf tft"
_MOST: Final = 5_000
"""Blocks in memory: texts that HR writes stand in some, and each wording is another block."""
STYLES_OF_FOOT: Final = ("foot", "page")
_MOST_ON_DISK: Final = 20_000
_RIGHT: Final = (210 - 13) * lettering.PIXELS_PER_MILLIMETRE
_GLYPH: Final = re.compile(r"^<([0-9a-f]{4})> <[0-9a-f]+>$", re.MULTILINE)
_CONTENT: Final = re.compile(r"/Span\n<</MCID \d+>>\nBDC")
_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """From now on blocks are kept on disk, so that another process need not lay them out again."""
    global _folder  # noqa: PLW0603 - as the engine's children, one for each process
    _folder = folder


@dataclass(frozen=True, slots=True)
class Look:
    """What blocks depend on beside their own text: the language, the organisation's style, its line at the foot."""

    language: str
    style: str
    footer: str


class Library:
    """The frozen blocks, with what all of them share: fonts and the foot of the page."""

    def __init__(self) -> None:
        self._blocks: dict[str, FrozenBlock] = {}
        self._feet: dict[str, tuple[Piece, ...]] = {}
        self._lock = Lock()
        _sweep()
        shared = _read(_name("shared")) or _shared()
        _write(_name("shared"), shared)
        fonts = {int(weight): font for weight, font in shared["fonts"].items()}
        lettering.know({weight: _glyphs(font) for weight, font in fonts.items()})
        self.common = Common(fonts, shared["intent"], shared["profile"])
        self.metadata = str(shared["metadata"])
        """What a document says about itself, with blanks for what differs."""

    def foot(self, look: Look) -> tuple[Piece, ...]:
        """What the margin below each page draws."""
        name = _name(f"foot\0{look.style}\0{look.footer}")
        if name not in self._feet:
            kept = _read(name) or _drawn_foot(look)
            _write(name, kept)
            self._feet[name] = _foot(kept)
        return self._feet[name]

    def blocks(self, wanted: Sequence[Block], look: Look, *, in_batch: bool = False) -> list[FrozenBlock]:
        """Each block as it was frozen."""
        names = [_name(f"{look.language}\0{look.style}\0{block.key}") for block in wanted]
        missing = {name: block for name, block in zip(names, wanted, strict=True) if not self._has(name)}
        if missing:
            made = compiled(list(missing.values()), look.language, look.style, in_batch=in_batch)
            for name, each in zip(missing, made, strict=True):
                self._add(name, each)
                _write(name, asdict(each))
        return [self._blocks[name] for name in names]

    def _has(self, name: str) -> bool:
        if name not in self._blocks and (kept := _read(name)):
            self._add(name, _block(kept))
        return name in self._blocks

    def _add(self, name: str, block: FrozenBlock) -> None:
        with self._lock:
            if len(self._blocks) >= _MOST:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[name] = block


@cache
def library() -> Library:
    """The one of this process."""
    return Library()


@cache
def _edition() -> bytes:
    """All that every block depends on beside its own text."""
    style = (templates_dir() / "pdf" / "scorecard.css").read_bytes()
    engine_side = (Path(pdf_worker.__file__), Path(pdf_drawing.__file__))
    sources = [path.read_bytes() for path in (*engine_side, *sorted(Path(__file__).parent.glob("*.py")))]
    faces = [even_face(weight) for weight in (400, 600, 700)]
    engine = f"{version('weasyprint')} {version('uharfbuzz')}".encode()
    return hashlib.sha256(b"\0".join([engine, style, *sources, *faces])).digest()


def _name(key: str) -> str:
    return hashlib.sha256(_edition() + key.encode("utf-8", "surrogatepass")).hexdigest()


def _read(name: str) -> dict[str, Any] | None:
    if _folder is None:
        return None
    try:
        return json.loads((_folder / f"{name}.json").read_bytes())  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _write(name: str, content: Mapping[str, Any]) -> None:
    """Whole or not at all; without room on disk the block stays in memory."""
    if _folder is None or (_folder / f"{name}.json").exists():
        return
    try:
        _folder.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=_folder, suffix=".part", delete=False, encoding="utf-8") as file:
            json.dump(content, file)
        Path(file.name).replace(_folder / f"{name}.json")
    except OSError:
        return


def _sweep() -> None:
    """Of very many blocks on disk the oldest go; what is missed is laid out again."""
    with contextlib.suppress(OSError):
        files = sorted(_folder.glob("*.json"), key=lambda file: file.stat().st_mtime) if _folder else []
        for file in files[:-_MOST_ON_DISK]:
            file.unlink(missing_ok=True)


def _block(kept: Mapping[str, Any]) -> FrozenBlock:
    """What was written, read."""
    return FrozenBlock(
        pieces=tuple(
            piece if isinstance(piece, str) else Line(**piece) if piece else Mark() for piece in kept["pieces"]
        ),
        roles=tuple(kept["roles"]),
        tags=tuple(kept["tags"]),
        top=kept["top"],
        height=kept["height"],
        links=tuple((line, left, top, bottom) for line, left, top, bottom in kept["links"]),
        bookmarks=tuple((level, label, at) for level, label, at in kept["bookmarks"]),
        pictures=kept["pictures"],
    )


def _shared() -> dict[str, Any]:
    """The fonts with our signs alone, as objects of a file, and what the margin below a page draws."""
    text = "".join(f"&#{ord(sign)};" for sign in SIGNS) + " " + LIGATURES
    words = "".join(f'<p style="font-weight: {weight}; white-space: pre-wrap">{text}</p>' for weight in (400, 600, 700))
    answer = json.loads(pdf_process.freeze(sheet_page("en", words, about.BLANK)))
    names = weights(answer)
    return {
        "fonts": {str(names[name]): font for name, font in answer["fonts"].items()},
        **{name: answer[name] for name in ("metadata", "intent", "profile")},
    }


def _drawn_foot(look: Look) -> dict[str, Any]:
    footer = f" data-footer={quoteattr(look.footer)}" if look.footer else ""
    attributes = f'data-paper="{MARKER}" data-page="{MARKER}" data-of="-"{footer}'
    foot = json.loads(
        pdf_process.freeze(sheet_page("en", "<p></p>", f"<title>-</title><style>{look.style}</style>", attributes))
    )
    return {"drawn": foot["sheets"][0]["drawn"], "weights": weights(foot)}


def _glyphs(font: Sequence[str]) -> frozenset[int]:
    """The glyphs that a font's map to signs knows."""
    return frozenset(int(glyph, 16) for glyph in _GLYPH.findall(font[1]))


def _foot(kept: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The two texts of the foot, as no part of the document's text; the second ends at the right margin."""
    pieces = [
        _CONTENT.sub("/Artifact\nBMC", each) if isinstance(each, str) else each
        for each in pieces_of(kept["drawn"], kept["weights"], STYLES_OF_FOOT)
    ]
    lines = [each for each in pieces if isinstance(each, Line)]
    if len(lines) != len(STYLES_OF_FOOT):
        raise Unfit("engine")
    return tuple(replace(each, x=_RIGHT) if isinstance(each, Line) and each is lines[1] else each for each in pieces)
