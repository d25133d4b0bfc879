"""Which KPIs are recommended: those of colleagues in the same position, by how many of them use each?"""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotAllowed, NotFound
from app.models import KpiDefinition, Person, Placement, Position, Unit
from app.services.library import seed_library
from app.services.recommended import recommended
from tests.cast import Cast, actor_of
from tests.factories import LONG_AGO
from tests.plans import VALUES, make_active, make_draft, open_cycle
from tests.tools import Browser, SignIn

pytestmark = pytest.mark.database


@pytest.fixture
def codes(session: Session) -> dict[str, int]:
    seed_library(session)
    return {each.code: each.id for each in session.scalars(select(KpiDefinition))}


def seat(session: Session, position: Position, unit: Unit, *people: Person, ends_on: date | None = None) -> None:
    for person in people:
        person.placements.append(Placement(unit=unit, position=position, starts_on=LONG_AGO, ends_on=ends_on))
    session.flush()


def test_the_most_used_of_the_same_position_come_first(
    session: Session, cast: Cast, codes: dict[str, int], as_: SignIn
) -> None:
    hana = actor_of(cast.hana)
    seller, other, unit = (
        Position(code="S", name="Penjual"),
        Position(code="O", name="Gudang"),
        Unit(code="U", name="U"),
    )
    seat(session, seller, unit, cast.eli, cast.eva, cast.mona)
    seat(session, seller, unit, cast.gone, ends_on=date(2025, 12, 31))
    seat(session, other, unit, cast.otto)
    cycle = open_cycle(session, hana)

    def use(person: Person, *chosen: str, is_active: bool = True) -> None:
        values = [replace(VALUES, definition_id=codes[code]) for code in chosen]
        make = make_active if is_active else make_draft
        make(session, hana, person, cycle, [*values, *[VALUES] * (6 - len(chosen))])

    use(cast.eva, "SAL-REV", "CUS-NEW")
    use(cast.mona, "CUS-NEW", "CST-ROI")
    use(cast.otto, "SAL-VOL")
    draft = make_draft(session, hana, cast.eli, cycle, [replace(VALUES, definition_id=codes["WEB-ORG"])] + [VALUES] * 5)
    expected = [(codes["CUS-NEW"], 2), (codes["CST-ROI"], 1), (codes["SAL-REV"], 1)]
    assert list(recommended(session, hana, plan_id=draft.id).items()) == expected
    session.get_one(KpiDefinition, codes["CST-ROI"]).is_retired = True
    session.flush()
    assert list(recommended(session, hana, plan_id=draft.id)) == [codes["CUS-NEW"], codes["SAL-REV"]]
    browser: Browser = as_(cast.hana)
    html = browser.get(f"/plans/{draft.id}/kpis/new?objective={draft.objectives[0].id}").text
    first = html.partition('id="shelf-1"')[2].partition("</section>")[0]
    assert "Dipakai pada jabatan yang sama" in first
    assert "dipakai 2 rekan" in first
    assert html.count(f'definition={codes["CUS-NEW"]}"') == 1


def test_without_a_position_nothing_is_recommended_and_nobody_else_may_ask(
    session: Session, cast: Cast, codes: dict[str, int]
) -> None:
    hana = actor_of(cast.hana)
    draft = make_draft(session, hana, cast.eli, open_cycle(session, hana))
    assert codes
    assert recommended(session, hana, plan_id=draft.id) == {}
    with pytest.raises(NotAllowed):
        recommended(session, actor_of(cast.eli), plan_id=draft.id)
    with pytest.raises(NotFound):
        recommended(session, actor_of(cast.otto), plan_id=draft.id)
