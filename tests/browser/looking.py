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
    is_judged: bool = True
    """Whether axe judges it, which takes ten times as long as looking at its edges."""


# Each language at each size; each size and each light judged once, as axe finds by words hardly anything
LOOKS = {
    "en": (Look(DESKTOP, "light"), Look(PHONE, "light", is_judged=False)),
    "id": (Look(PHONE, "dark"), Look(DESKTOP, "dark", is_judged=False)),
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
    for look in looks:
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")  # no colour on its way to another one
        page.set_viewport_size(look.viewport)
        where = f"{page.url} at {look.viewport['width']}, {look.scheme}"
        found += [f"{where}: {fault}" for fault in (*_overflow(page), *(_hindrances(page) if look.is_judged else ()))]
    return found


def _overflow(page: Page) -> list[str]:
    """What makes the whole page scroll sideways; tables that scroll in a frame of their own do not."""
    wider: list[str] = page.evaluate(_WIDER)
    return wider


def _hindrances(page: Page) -> list[str]:
    """Everything that axe has against the page, with the first element that it means."""
    found = _AXE.run(page, options=_ONLY_FAULTS).response["violations"]
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]}" for each in found]
