"""Does every link lead somewhere?"""

from collections.abc import Callable

import pytest

from tests.browser.sites import demo_now
from tests.browser.tours import Tour
from tests.tools import Clock

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _demo_time(clock: Clock) -> None:
    clock.now = demo_now()


@pytest.mark.parametrize("role", ["hr", "manager", "employee", "auditor"])
def test_no_link_is_dead(tour_of: Callable[[str], Tour], role: str) -> None:
    assert tour_of(role).dead == []
