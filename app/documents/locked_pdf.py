"""How does a PDF become a copy that opens with a password alone, and is a file such a copy?

A locked copy claims nothing that it cannot keep: PDF/A knows no passwords, and a seal does not outlive the encryption,
so both go. What PDF/UA asks for stays: tags, language and title, and that screen readers are let in.
"""

import io
import re
import secrets
from typing import Any, Final

import pikepdf
from pikepdf import Array, Name

from app.rules.pdf_password import prepared

_ALLOWED: Final = pikepdf.Permissions(
    accessibility=True,
    extract=True,
    print_lowres=True,
    print_highres=True,
    modify_annotation=False,
    modify_assembly=False,
    modify_form=False,
    modify_other=False,
)
_REVISION: Final = 6
"""AES-256 as PDF 2.0 has it."""
_PDFA: Final = "{http://www.aiim.org/pdfa/ns/id/}"
_LOCK: Final = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")


def locked(pdf: bytes, password: str) -> bytes:
    """The same pages as a copy of its own; whoever knows the password may read and print it, nobody may change it."""
    lock = pikepdf.Encryption(
        owner=secrets.token_urlsafe(), user=prepared(password), R=_REVISION, allow=_ALLOWED, aes=True, metadata=True
    )
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        _without_seal(file)
        with file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as claims:
            for claim in [name for name in claims if name.startswith(_PDFA)]:
                del claims[claim]
        file.save(written, encryption=lock)
    return written.getvalue()


def _without_seal(file: pikepdf.Pdf) -> None:
    """Take out every signature with its field, so that no reader speaks of a broken one."""
    root = file.Root
    if "/AcroForm" not in root:
        return
    for page in file.pages:
        kept = [each for each in page.obj.get("/Annots", ()) if not _is_signature(each)]
        if kept:
            page.obj.Annots = Array(kept)
        elif "/Annots" in page.obj:
            del page.obj.Annots
    for name in (Name.AcroForm, Name.Extensions):
        if name in root:
            del root[name]


def _is_signature(annotation: Any) -> bool:
    return bool(annotation.get("/FT") == Name.Sig)


def is_locked(pdf: bytes) -> bool:
    """Whether a PDF opens with a password alone; what a stranger sent is not read for that."""
    return pdf.startswith(b"%PDF-") and _LOCK.search(pdf) is not None
