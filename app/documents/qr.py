"""What does the QR code of an address look like?"""

import re
from dataclasses import dataclass
from typing import Final

import zxingcpp

_DARK: Final = re.compile(b"\x00+")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code in a field of so many units: its dark squares as runs of x, y and length."""

    size: int
    runs: tuple[tuple[int, int, int], ...]

    @property
    def path(self) -> str:
        """The runs as one path of a drawing."""
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.runs)


def qr_code(address: str) -> QrCode:
    """The code, with enough spare to be read from worn paper."""
    made = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)
    size, squares = picture.shape[0], bytes(memoryview(picture))  # type: ignore[arg-type]
    return QrCode(
        size,
        tuple(
            (run.start() - y * size, y, len(run[0]))
            for y in range(size)
            for run in _DARK.finditer(squares, y * size, (y + 1) * size)
        ),
    )
