"""Does every link lead somewhere, and can everybody use every page: in both languages, at every size, without sight?"""

from collections.abc import Iterable

import pytest
from playwright.sync_api import Page

from tests.browser.looking import LOOKS, faults_of
from tests.browser.sites import Site, demo_now
from tests.browser.tours import tour
from tests.chromium import OpenPage
from tests.tools import Clock

pytestmark = [pytest.mark.slow]

FOR_STRANGERS = ("/sign-in", "/verify", "/verify/2222-2222-2222", "/invitation/used", "/nowhere")


@pytest.fixture(autouse=True)
def _demo_time(clock: Clock) -> None:
    clock.now = demo_now()


def walk(page: Page, addresses: Iterable[str], language: str) -> list[str]:
    """What is wrong with these pages."""
    faults = []
    for address in addresses:
        page.goto(address)
        if page.locator("html").get_attribute("lang") != language:
            faults.append(f"{address}: not in {language}")
        faults += faults_of(page, LOOKS[language])
    return faults


def check(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.mark.parametrize("role", ["hr", "manager", "auditor", "employee"])
def test_pages(demo: Site, open_page: OpenPage, role: str) -> None:
    found = tour(demo.app, demo.reader(role))
    faults = [*found.dead]
    for language in LOOKS:
        page = open_page(base_url=demo.address, locale=language)
        demo.enter(page, role, language)
        faults += walk(page, found.unlike, language)
    check(faults)


@pytest.mark.parametrize("language", ["en", "id"])
def test_pages_of_strangers(demo: Site, open_page: OpenPage, language: str) -> None:
    page = open_page(base_url=demo.address)
    check(walk(page, FOR_STRANGERS, language))
