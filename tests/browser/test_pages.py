"""Can everybody use every page: in both languages, on a desk and on a phone, by light and by dark, without sight?"""

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page

from tests.browser.looking import LOOKS, faults_of
from tests.browser.sites import Site, demo_now
from tests.browser.tours import Tour
from tests.chromium import OpenPage
from tests.tools import Clock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

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


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("role", ["hr", "manager", "employee", "auditor"])
def test_pages(demo: Site, tour_of: Callable[[str], Tour], open_page: OpenPage, role: str, language: str) -> None:
    addresses = tour_of(role).unlike  # before the sign-in: on a tour one reads English
    page = open_page(base_url=demo.address)
    demo.enter(page, role, language)
    check(walk(page, addresses, language))


@pytest.mark.parametrize("language", ["en", "id"])
def test_pages_of_strangers(demo: Site, open_page: OpenPage, language: str) -> None:
    page = open_page(base_url=demo.address)
    check(walk(page, FOR_STRANGERS, language))
