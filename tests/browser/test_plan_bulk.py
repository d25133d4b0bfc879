"""Does HR carry a company's plans over in a minute: choose, look, leave somebody out, make?"""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Cycle, Plan
from tests.browser.conftest import PageOf
from tests.cast import Cast, actor_of
from tests.chromium import PHONE
from tests.plans import make_active, open_cycle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def coming(session: Session, cast: Cast) -> Cycle:
    hr = actor_of(cast.hana)
    cycle = open_cycle(session, hr)
    for person in (cast.eli, cast.eva, cast.otto):
        make_active(session, hr, person, cycle)
    return open_cycle(session, hr, "2027")


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
def test_plans_of_everybody_are_carried_over(
    session: Session, cast: Cast, coming: Cycle, page_of: PageOf, options: dict[str, object]
) -> None:
    page = page_of(cast.hana, **options)
    page.goto("/plans?cycle=2027")
    page.get_by_role("link", name="Plans for many").click()
    expect(page.get_by_label("Begin with")).to_have_value("cycle-2026")
    page.get_by_label("Change of targets").fill("10")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.get_by_text("18 KPIs get a changed target")).to_be_visible()
    expect(page.locator(".bulk-examples")).to_contain_text("1,320")
    page.get_by_label("Leave out: Otto").check()
    page.get_by_role("button", name="Make 3 drafts").click()
    expect(page.get_by_text("Drafts made: 2.")).to_be_visible()
    made = session.scalars(select(Plan.person_id).where(Plan.cycle_id == coming.id).order_by(Plan.person_id))
    assert made.all() == [cast.eli.id, cast.eva.id]
