"""What do the refusals say that belong to the look of the documents?"""

from collections.abc import Mapping
from typing import Final

BRANDING_TEXTS: Final[Mapping[str, str]] = {
    "colour_unreadable": "must be written like #0f5c62: # and six digits from 0 to f",
    "contrast_low": "has a contrast of %(ratio)s to 1 on white; text needs 4.5. The nearest that has it is %(nearest)s",
    "logo_damaged": "is an image that cannot be read, or one with more than 50 million dots",
    "logo_kind": "must be a PNG or JPEG; its content decides",
    "logo_shape": "must be at most %(widest)s times as wide as high, or %(tallest)s times as high as wide",
    "logo_small": "needs at least %(width)s dots across or %(height)s upright to be printed clearly",
}
