"""How does the organisation's seal get into a PDF, and which seals does a PDF bear?

It is added behind the file, which stays as it is: a signature field that nobody sees (it has no size and lies outside
the page, so that neither PDF/UA nor PDF/A asks for a tag or a look of it), its value, and a table of what is new.
"""

import hashlib
import io
import logging
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

from app.i18n import Locale, mark
from app.rules.vocabulary import Language
from app.sealing import DIGEST, NOT_INSTALLED, Seal, SealUnusable

_ROW: Final = struct.Struct(">BIB")
_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_PRINTED_AND_LOCKED: Final = 132
_SIGNED_AND_ONLY_TO_BE_ADDED_TO: Final = 3
_RANGES: Final = b"[0 %-10d %-10d %-10d]"

logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)  # whom to trust is not asked here


def sealed(pdf: bytes, seal: Seal | None) -> bytes:
    """The same PDF with the seal over all its bytes, at the moment that the document states itself."""
    if seal is None:
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as file:
        changed, value = _with_field(file)
        moment = str(file.docinfo.get("/CreationDate", ""))
        trailer = b"/Root %s/Info %s" % (_reference(file.Root), _reference(file.docinfo))
        first = bytes(file.trailer.ID[0])
    added = _Added(pdf)
    for number, content in changed.items():
        added.put(number, content)
    start, ranges = added.put_value(value, moment, seal.size)
    name = hashlib.sha256(pdf).digest()[: len(first)]
    added.end(value + 1, b"%s/ID[<%s><%s>]" % (trailer, first.hex().encode(), name.hex().encode()))
    written, end = added.written, start + 2 * seal.size + 2
    own = _RANGES % (start, end, len(written) - end)
    written[ranges : ranges + len(own)] = own
    digest = hashlib.new(DIGEST, written[:start] + written[end:]).digest()
    written[start + 1 : end - 1] = seal.over(digest).hex().encode()
    return bytes(written)


def _with_field(file: pikepdf.Pdf) -> tuple[dict[int, bytes], int]:
    """The objects that are new or changed by a field without a look, and the number of its value."""
    root, page = file.Root, file.pages[0].obj
    label = Locale(Language(str(root.Lang))).text(mark("Electronic seal of the organisation"))
    field = file.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T="Seal",
            TU=label,
            F=_PRINTED_AND_LOCKED,
            Rect=[-1, -1, -1, -1],
            P=page,
        )
    )
    field.V = file.make_indirect(Dictionary())
    page.Annots = Array([*page.get("/Annots", ()), field])
    page.Tabs = Name.S
    root.AcroForm = Dictionary(Fields=[field], SigFlags=_SIGNED_AND_ONLY_TO_BE_ADDED_TO)
    root.Extensions = Dictionary(ESIC=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=1))
    return {each.objgen[0]: each.unparse(resolved=True) for each in (root, page, field)}, field.V.objgen[0]


def _reference(each: pikepdf.Object) -> bytes:
    return b"%d %d R" % each.objgen


class _Added:
    """What is written behind a file, with a table of where each object begins."""

    def __init__(self, pdf: bytes) -> None:
        found = _START.search(pdf)
        assert found is not None  # noqa: S101 - it was read before
        self.written = bytearray(pdf)
        self._before = int(found[1])
        self._places: dict[int, int] = {}

    def put(self, number: int, content: bytes) -> None:
        """Add an object."""
        self._places[number] = len(self.written)
        self.written += b"%d 0 obj\n%s\nendobj\n" % (number, content)

    def put_value(self, number: int, moment: str, size: int) -> tuple[int, int]:
        """Add the value with room for the seal; where that room begins, and where the bytes around it are named."""
        stated = b"/M(%s)" % moment.encode() if moment else b""
        head = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%s/ByteRange" % stated
        ranges = _RANGES % (0, 0, 0)
        self.put(number, b"%s%s/Contents<%s>>>" % (head, ranges, bytes(2 * size)))
        place = self._places[number] + len(b"%d 0 obj\n" % number) + len(head)
        return place + len(ranges) + len(b"/Contents"), place

    def end(self, number: int, trailer: bytes) -> None:
        """Add the table."""
        place = self._places[number] = len(self.written)
        rows = b"".join(_ROW.pack(1, each, 0) for _, each in sorted(self._places.items()))
        index = b" ".join(b"%d 1" % each for each in sorted(self._places))
        entries = b"/Type/XRef/W[1 4 1]/Index[%s]/Size %d/Prev %d%s" % (index, number + 1, self._before, trailer)
        self.written += b"%d 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
            number,
            entries,
            len(rows),
            rows,
        )
        self.written += b"startxref\n%d\n%%%%EOF\n" % place


# --- Which seals a PDF bears ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """A signature in a PDF: whose certificate made it, and whether the file is still what was signed."""

    by: str
    fingerprint: str
    """SHA-256 of the certificate; whether to trust that is the reader's to say."""
    holds: bool
    """What it covers was not changed since."""
    covers_all: bool
    """Nothing was added behind it."""

    @property
    def is_good(self) -> bool:
        """Whether the whole file is what was sealed."""
        return self.holds and self.covers_all


def seals_in(pdf: bytes) -> Sequence[FoundSeal]:
    """Every signature in a file; none where the file cannot be read."""
    try:
        from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as missing:
        raise SealUnusable(NOT_INSTALLED) from missing
    try:
        return [_found(each) for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures]
    except Exception:  # noqa: BLE001 - a stranger's file may break its reader anywhere
        return []


def _found(signature: Any) -> FoundSeal:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    itself = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, itself, skip_diff=True)
    return FoundSeal(
        by=status.signing_cert.subject.human_friendly,
        fingerprint=status.signing_cert.sha256.hex(),
        holds=status.intact and status.valid,
        covers_all=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
    )
