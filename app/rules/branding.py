"""How does an organisation's scorecard look on paper? Letterhead, accent colour, signatures, sections left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.rules.colours import ENOUGH, contrast_on_white, is_colour, mixed, nearest_readable, shown_contrast
from app.rules.faults import Fault
from app.rules.texts import text_faults, tidy
from app.rules.vocabulary import Language

HOUSE_ACCENT: Final = "#0f5c62"
LONGEST_NAME: Final = 120
LONGEST_LINE: Final = 200
LONGEST_LABEL: Final = 60

_SHADES: Final = {
    "#0a444a": (75, 0),
    "#0c5056": (87, 0),
    "#8fb3b3": (47, 255),
    "#b9cfce": (30, 255),
    "#cbdbda": (22, 255),
    "#dbe6e5": (15, 255),
    "#e8efee": (10, 255),
    "#f1f5f5": (6, 255),
    "#eef4f4": (7, 255),
    "#c6d3d2": (23, 255),
    "#d5dcdb": (17, 255),
}
"""What the style and the charts draw in shades of the house's accent: per cent of accent, the rest black or white."""


class Signer(StrEnum):
    """Who signs a scorecard by hand."""

    EMPLOYEE = "employee"
    APPRAISER = "appraiser"
    SUPERIOR = "superior"
    """Whoever the appraiser reports to."""
    HR = "hr"


class Section(StrEnum):
    """A part of the document that an organisation may leave out; figures, grades and rights always stay."""

    WORKING = "working"
    TREND = "trend"
    DATA = "data"
    """What is behind the figures: entries, evidence, credibility."""
    BEHAVIOURS = "behaviours"
    SELF_ASSESSMENT = "self_assessment"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was written anew by us: its kind, its dots, its bytes in base64."""

    media_type: str
    width: int
    height: int
    data: str

    @property
    def address(self) -> str:
        """The picture as an address that holds it."""
        return f"data:{self.media_type};base64,{self.data}"


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """A line to sign on, under a label in the reader's language; without one it is called as the house does."""

    signer: Signer
    label_en: str = ""
    label_id: str = ""

    def label(self, language: Language) -> str:
        """The organisation's own words, or none."""
        return self.label_id if language is Language.INDONESIAN else self.label_en


@dataclass(frozen=True, slots=True)
class Branding:
    """One version of the look, frozen with each scorecard that is published while it is in force."""

    version: int | None = None
    """None for the look of the house, before anybody has set another."""
    accent: str = HOUSE_ACCENT
    name: str = ""
    """The organisation's full name; empty for the one of the document."""
    address: str = ""
    footer: str = ""
    """A line at the foot of each page."""
    logo: Logo | None = None
    signatures: tuple[SignatureBlock, ...] = (SignatureBlock(Signer.EMPLOYEE),)
    left_out: frozenset[Section] = frozenset()

    @property
    def has_letterhead(self) -> bool:
        """Whether a head of its own stands above the title."""
        return bool(self.logo or self.address)

    def shows(self, section: str) -> bool:
        """Whether a section is printed; asked by its word."""
        return Section(section) not in self.left_out

    def colour(self, of_the_house: str) -> str:
        """What stands in the place of one of the house's colours; those that are no shade of its accent stay."""
        return colours(self.accent).get(of_the_house, of_the_house)


HOUSE: Final = Branding()


def tidied(branding: Branding) -> Branding:
    """The same with every text in one spelling, and the colour in small letters."""
    blocks = (
        replace(block, label_en=tidy(block.label_en), label_id=tidy(block.label_id)) for block in branding.signatures
    )
    return replace(
        branding,
        accent=branding.accent.strip().lower(),
        name=tidy(branding.name),
        address=tidy(branding.address),
        footer=tidy(branding.footer),
        signatures=tuple(blocks),
    )


def faults_of(branding: Branding) -> list[Fault]:
    """What speaks against a tidied look."""
    faults = [*_accent_faults(branding.accent)]
    texts = (("name", LONGEST_NAME), ("address", LONGEST_LINE), ("footer", LONGEST_LINE))
    for at, limit in texts:
        faults += text_faults(at, getattr(branding, at), limit=limit, required=False)
    for place, block in enumerate(branding.signatures):
        for at, label in (("label_en", block.label_en), ("label_id", block.label_id)):
            # A label in one language alone would leave readers of the other with the house's words
            is_half = bool(block.label_en) != bool(block.label_id)
            found = text_faults(at, label, limit=LONGEST_LABEL, required=is_half)
            faults += [fault.under(f"signatures[{place}]") for fault in found]
    if len({block.signer for block in branding.signatures}) < len(branding.signatures):
        faults.append(Fault("signatures", "repeated"))
    return faults


def _accent_faults(accent: str) -> Iterator[Fault]:
    if not is_colour(accent):
        yield Fault("accent", "colour_unreadable")
    elif contrast_on_white(accent) < ENOUGH:
        values = {"ratio": str(shown_contrast(accent)), "nearest": nearest_readable(accent)}
        yield Fault("accent", "contrast_low", values)


@lru_cache(maxsize=64)
def colours(accent: str) -> dict[str, str]:
    """The house's shades of its accent, each with the same shade of this one."""
    if accent == HOUSE_ACCENT:
        return {}
    shades = {house: mixed(accent, share, 100, with_level=ground) for house, (share, ground) in _SHADES.items()}
    return {HOUSE_ACCENT: accent, **shades}
