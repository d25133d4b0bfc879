"""How do the documents of the demo organisation look? A ship for a logo, drawn here, and an accent as of the sea."""

import base64
import io
from typing import Final

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from app.access import Actor
from app.demo.content import company
from app.rules.branding import Branding, Logo, SignatureBlock, Signer
from app.services.branding import change_branding

VERSION: Final = 1
"""The number of this look: the first one of an empty database."""
_SEA: Final = "#1c4f82"
_SAIL: Final = "#d97a2b"
_FINE: Final = 4
"""Drawn so many times larger, so that its edges come out smooth."""
_SIZE: Final = (260, 230)


def put_in_force(session: Session, hr: Actor) -> None:
    """Set the look before anything is published, so that every scorecard of the demo bears it."""
    look = Branding(
        accent=_SEA,
        name=company().name,
        address="Jalan Contoh Pelabuhan 17, Jakarta Utara 14310 · bahtera.example",
        footer=f"{company().name} · perusahaan contoh untuk percobaan Kinerja",
        logo=_logo(),
        signatures=(SignatureBlock(Signer.EMPLOYEE), SignatureBlock(Signer.APPRAISER), SignatureBlock(Signer.HR)),
    )
    change_branding(session, hr, look, version=0)


def _logo() -> Logo:
    width, height = _SIZE
    image = Image.new("RGB", (width * _FINE, height * _FINE), "white")
    drawing = ImageDraw.Draw(image)

    def shape(colour: str, *points: tuple[int, int]) -> None:
        drawing.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    shape(_SAIL, (126, 8), (126, 142), (38, 142))
    shape(_SEA, (138, 36), (218, 142), (138, 142))
    shape(_SEA, (8, 156), (252, 156), (204, 206), (56, 206))
    shape(_SAIL, (72, 216), (188, 216), (174, 226), (86, 226))
    file = io.BytesIO()
    image.resize(_SIZE).save(file, "PNG", optimize=True)
    return Logo("image/png", width, height, base64.b64encode(file.getvalue()).decode())
