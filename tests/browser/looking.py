"""What is wrong with how a page stands in the browser: for those who cannot see it, and at its edges?"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.chromium import DESKTOP, PHONE


class Look(NamedTuple):
    """A window of this size, by this light."""

    viewport: ViewportSize
    scheme: Literal["light", "dark"] = "light"


# Each language with each size and each light, in as few looks as possible
LOOKS = {
    "en": (Look(DESKTOP, "light"), Look(PHONE, "dark")),
    "id": (Look(DESKTOP, "dark"), Look(PHONE, "light")),
}
_AXE = Axe()
_ONLY_FAULTS = {"resultTypes": ["violations"]}
_WIDER = """() => {
    const room = document.documentElement.clientWidth;
    const whole = document.scrollingElement.scrollWidth;
    if (whole <= room) return [];
    const isFramed = (element) => {
        for (let outer = element.offsetParent; outer && outer !== document.body; outer = outer.offsetParent) {
            if (getComputedStyle(outer).overflowX !== "visible") return true;
        }
        return false;
    };
    const beyond = [...document.querySelectorAll("body *")].filter(
        (element) => element.getBoundingClientRect().right > room + 0.5 && !isFramed(element)
    );
    return [`${whole} wide`, ...beyond.slice(-3).map((element) => element.outerHTML.slice(0, 200))];
}"""


def faults_of(page: Page, looks: Sequence[Look]) -> list[str]:
    """Everything that is wrong with the page, look by look."""
    found = []
    for viewport, scheme in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way to another one
        page.set_viewport_size(viewport)
        where = f"{page.url} at {viewport['width']}, {scheme}"
        found += [f"{where}: {fault}" for fault in (*_overflow(page), *_hindrances(page))]
    return found


def _overflow(page: Page) -> list[str]:
    """What makes the whole page scroll sideways; tables that scroll in a frame of their own do not."""
    wider: list[str] = page.evaluate(_WIDER)
    return wider


def _hindrances(page: Page) -> list[str]:
    """Everything that axe has against the page, with the first element that it means."""
    found = _AXE.run(page, options=_ONLY_FAULTS).response["violations"]
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]}" for each in found]
