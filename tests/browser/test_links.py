"""Does every link lead somewhere, and does a link lead to every page?"""

from collections.abc import Callable

import pytest

from tests.browser.sites import Site, demo_now
from tests.browser.tours import Roads, Tour
from tests.tools import Clock

pytestmark = pytest.mark.slow

NOT_LINKED = {
    "/sign-in",
    "/setup/{token}",
    "/invitation/{token}",
    "/people/import/preview",  # after a file was sent
}


@pytest.fixture(autouse=True)
def _demo_time(clock: Clock) -> None:
    clock.now = demo_now()


@pytest.mark.parametrize("role", ["hr", "manager", "employee", "auditor"])
def test_no_link_is_dead(tour_of: Callable[[str], Tour], role: str) -> None:
    assert tour_of(role).dead == []


def test_hr_finds_every_page_by_links(demo: Site, tour_of: Callable[[str], Tour]) -> None:
    assert set(tour_of("hr").visited) >= Roads(demo.app).pages - NOT_LINKED
