"""May this file be printed as the logo of an organisation? Told by its content; what is kept was written anew by us."""

import base64
import io
from typing import Final

from PIL import Image

from app.documents.evidence_files import MEDIA_TYPES, kind_of
from app.documents.images import written_anew
from app.errors import Invalid
from app.rules.branding import Logo
from app.rules.faults import Fault
from app.rules.vocabulary import EvidenceKind

LARGEST: Final = 2_000_000
WIDEST: Final = 8
"""Times its height."""
TALLEST: Final = 3
"""Times its width."""
LEAST_WIDTH, LEAST_HEIGHT = 150, 75
"""Dots of which a logo needs one or the other, so that its edges are not seen as steps on paper."""
_BOX: Final = (800, 230)
"""The dots of 46 by 13 millimetres, where it stands, at 440 to the inch."""
_KINDS: Final = (EvidenceKind.JPEG, EvidenceKind.PNG)


def read_logo(content: bytes) -> Logo:
    """The logo as it is kept: plain dots on white, as many as are printed. Invalid at `logo` for all others."""
    if not content:
        raise _refused("file_empty")
    if len(content) > LARGEST:
        raise _refused("file_too_large", maximum=str(LARGEST // 1_000_000))
    kind = kind_of("", content)
    if kind not in _KINDS:
        raise _refused("logo_kind")
    try:
        written = written_anew(content, box=_BOX)
    except ValueError as failed:
        raise _refused("logo_damaged") from failed
    with Image.open(io.BytesIO(written)) as image:
        width, height = image.size
    if width > WIDEST * height or height > TALLEST * width:
        raise _refused("logo_shape", widest=str(WIDEST), tallest=str(TALLEST))
    if width < LEAST_WIDTH and height < LEAST_HEIGHT:
        raise _refused("logo_small", width=str(LEAST_WIDTH), height=str(LEAST_HEIGHT))
    return Logo(MEDIA_TYPES[kind], width, height, base64.b64encode(written).decode())


def _refused(code: str, **values: str) -> Invalid:
    return Invalid([Fault("logo", code, values)])
