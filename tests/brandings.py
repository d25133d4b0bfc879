"""Which looks do tests set, and which calls about them go well?"""

import base64
import io
from typing import Any

from PIL import Image

from app.rules.branding import Branding, Logo, Section, SignatureBlock, Signer


def picture(width: int = 400, height: int = 100, colour: str = "#1c4f82") -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()


def logo(width: int = 400, height: int = 100) -> Logo:
    """The same as it would be kept."""
    return Logo("image/png", width, height, base64.b64encode(picture(width, height)).decode())


LOOK = Branding(
    accent="#1c4f82",
    name="PT Nusantara Sentosa Makmur Tbk",
    address="Jalan Contoh 17, Jakarta",
    footer="Terdaftar dengan nomor 0001",
    logo=logo(),
    signatures=(
        SignatureBlock(Signer.EMPLOYEE),
        SignatureBlock(Signer.APPRAISER, "Signed by the manager", "Ditandatangani manajer"),
        SignatureBlock(Signer.SUPERIOR),
        SignatureBlock(Signer.HR),
    ),
    left_out=frozenset({Section.TREND}),
)


def branding_calls(good: Any) -> dict[str, Any]:
    """One good call for each operation of an organisation with the first look in force; `good` makes them."""
    seen = {"If-Match": '"1"'}
    signatures = [{"signer": "hr", "label_en": "Head of HR", "label_id": "Kepala SDM"}]
    return {
        "get_branding": good(),
        "replace_branding": good(
            headers=seen, body={"accent": "#8a1f3d", "signatures": signatures, "left_out": ["working"]}
        ),
        "get_logo": good(),
        "replace_logo": good(headers=seen, body={"content": base64.b64encode(picture(200, 100)).decode()}),
        "remove_logo": good(headers=seen),
    }
