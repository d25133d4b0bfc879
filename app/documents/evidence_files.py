"""What is a file that somebody sends as evidence, told by its content, and under which name is it kept?"""

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PureWindowsPath
from types import MappingProxyType
from typing import Final

from app.documents.images import written_anew
from app.errors import Invalid
from app.rules.faults import Fault
from app.rules.vocabulary import EvidenceKind

MEDIA_TYPES: Final = MappingProxyType(
    {
        EvidenceKind.CSV: "text/csv",
        EvidenceKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        EvidenceKind.JPEG: "image/jpeg",
        EvidenceKind.PDF: "application/pdf",
        EvidenceKind.PNG: "image/png",
        EvidenceKind.TXT: "text/plain",
        EvidenceKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
LONGEST_NAME: Final = 120

_ENDINGS: Final = MappingProxyType(
    {kind: (".jpg", ".jpeg") if kind is EvidenceKind.JPEG else (f".{kind}",) for kind in EvidenceKind}
)
_PARTS: Final = MappingProxyType({"xl/workbook.xml": EvidenceKind.XLSX, "word/document.xml": EvidenceKind.DOCX})
_IMAGES: Final = (EvidenceKind.JPEG, EvidenceKind.PNG)
_MOST_PARTS: Final = 2_000
_MOST_UNPACKED: Final = 300_000_000
_OTHER_TEXT: Final = ("<", "{\\rtf", "#!", "%!")
"""How text begins that some program would do more with than show it."""
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that may be kept."""

    name: str
    kind: EvidenceKind
    content: bytes


def read_evidence(name: str, content: bytes, *, largest: int) -> Evidence:
    """The file as it is kept: images without what the camera noted. Invalid with a fault at `files` for all others."""
    if not content:
        raise _refused("file_empty")
    if len(content) > largest:
        raise _refused("file_too_large", maximum=str(largest // 1_000_000))
    kind = kind_of(name, content)
    if kind is None:
        raise _refused("evidence_kind_refused")
    if kind in _IMAGES:
        try:
            content = written_anew(content)
        except ValueError as failed:
            raise _refused("evidence_image_damaged") from failed
    return Evidence(clean_name(name, kind), kind, content)


def kind_of(name: str, content: bytes) -> EvidenceKind | None:
    """What the bytes say that it is; the name only tells a table of text from other text."""
    if content.startswith(b"%PDF-"):
        return EvidenceKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return EvidenceKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return EvidenceKind.JPEG
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_package(content)
    if not _is_text(content):
        return None
    return EvidenceKind.CSV if name.lower().endswith(".csv") else EvidenceKind.TXT


def clean_name(name: str, kind: EvidenceKind) -> str:
    """The name without folders and odd signs, ending as files of its kind do."""
    base = unicodedata.normalize("NFC", PureWindowsPath(name).name)
    plain = "".join(sign for sign in base if sign.isprintable() and sign not in _FORBIDDEN).strip(" .")
    endings = _ENDINGS[kind]
    stem, ending = plain, endings[0]
    for known in endings:
        if plain.lower().endswith(known):
            stem, ending = plain[: -len(known)], known
    return f"{stem.strip(' .')[: LONGEST_NAME - len(ending)] or 'evidence'}{ending}"


def _kind_of_package(content: bytes) -> EvidenceKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        return None
    has_macros = any("vba" in name.lower() for name in names)
    if "[Content_Types].xml" not in names or has_macros:
        return None
    found = [kind for part, kind in _PARTS.items() if part in names]
    return found[0] if len(found) == 1 else None


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_plain = all(sign >= " " or sign in "\t\r\n\f" for sign in text)
        return is_plain and not text.lstrip().startswith(_OTHER_TEXT)
    return False


def _refused(code: str, **values: str) -> Invalid:
    return Invalid([Fault("files", code, values)])
