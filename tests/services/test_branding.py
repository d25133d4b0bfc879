"""Does a published scorecard keep its look, whatever is set afterwards, and is every look on record?"""

import dataclasses
import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database import Sessions
from app.errors import Conflict, Invalid, NotAllowed
from app.models import AuditEntry, BrandingVersion, BrandLogo, IssuedPdf, PublishedScorecard
from app.rules.branding import HOUSE, Section, SignatureBlock, Signer
from app.rules.vocabulary import Language
from app.services import branding
from app.services.appraisals import publish
from app.services.issued import html_of, issue_pdf, renderer
from app.services.organisation import settings_of
from tests.brandings import LOOK, logo
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of

ID = Language.INDONESIAN
OTHER = dataclasses.replace(LOOK, accent="#8a1f3d", name="PT Lain", logo=None)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    return made


def published(session: Session, example: Example, month: str = "2026-01") -> PublishedScorecard:
    mona = actor_of(example.cast.mona)
    return publish(session, mona, person_id=example.cast.eli.id, period_id=example.period(month).id)


def test_without_a_look_it_is_that_of_the_house(session: Session, cast: Cast, example: Example) -> None:
    assert branding.in_force(session) == branding.get_branding(session, actor_of(cast.hana)) == HOUSE
    card = published(session, example)
    assert card.branding_version is None
    assert branding.branding_of(session, card) == HOUSE


def test_a_look_comes_back_as_it_was_set(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    first = branding.change_branding(session, hana, LOOK, version=0)
    assert first == dataclasses.replace(LOOK, version=1)
    second = branding.change_branding(session, hana, dataclasses.replace(LOOK, left_out=frozenset(Section)), version=1)
    session.expire_all()
    assert branding.in_force(session) == second
    assert [each.number for each in branding.list_versions(session, hana)] == [2, 1]
    assert len(session.scalars(select(BrandLogo)).all()) == 1


def test_the_same_look_again_makes_no_version(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    branding.change_branding(session, hana, LOOK, version=0)
    again = dataclasses.replace(LOOK, name=f"  {LOOK.name} ", accent=LOOK.accent.upper())
    assert branding.change_branding(session, hana, again, version=1).version == 1
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "branding.changed")).all()) == 1


def test_every_look_is_on_record(session: Session, cast: Cast) -> None:
    branding.change_branding(session, actor_of(cast.hana), LOOK, version=0)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "branding.changed")).one()
    row = session.scalars(select(BrandingVersion)).one()
    assert (entry.actor_id, entry.object_kind, entry.object_id) == (cast.hana.id, "branding", row.id)
    details = json.loads(entry.details)
    assert (details["number"], details["logo"]) == (1, row.logo.digest if row.logo else None)


def test_who_was_faster_is_not_overwritten(session: Session, cast: Cast) -> None:
    hana = actor_of(cast.hana)
    branding.change_branding(session, hana, LOOK, version=0)
    with pytest.raises(Conflict, match="stale"):
        branding.change_branding(session, hana, OTHER, version=0)
    assert branding.in_force(session).accent == LOOK.accent


def test_all_faults_are_named_at_once(session: Session, cast: Cast) -> None:
    wrong = dataclasses.replace(
        LOOK, accent="#ffff00", name="N" * 200, signatures=(SignatureBlock(Signer.HR, "Head of HR"),)
    )
    with pytest.raises(Invalid) as refused:
        branding.change_branding(session, actor_of(cast.hana), wrong, version=0)
    assert [fault.at for fault in refused.value.faults] == ["accent", "name", "signatures[0].label_id"]
    assert session.scalars(select(BrandingVersion)).all() == []


@pytest.mark.parametrize("who", ["eli", "mona", "root", "audi"])
def test_the_look_is_for_hr_alone(session: Session, cast: Cast, who: str) -> None:
    actor = actor_of(getattr(cast, who))
    with pytest.raises(NotAllowed):
        branding.change_branding(session, actor, LOOK, version=0)
    with pytest.raises(NotAllowed):
        branding.list_versions(session, actor)


def test_a_published_scorecard_never_changes_its_look(
    sessions: Sessions, session: Session, cast: Cast, example: Example
) -> None:
    """The same card gives the same bytes under any later look, and the record names which look they have."""
    hana, eli = actor_of(cast.hana), actor_of(cast.eli)
    branding.change_branding(session, hana, LOOK, version=0)
    card = published(session, example)
    session.commit()
    first = issue_pdf(sessions, eli, card.id, ID)
    page = html_of(session, card.id, ID)
    branding.change_branding(session, hana, OTHER, version=1)
    session.commit()
    assert html_of(session, card.id, ID) == page
    assert LOOK.name in page
    session.execute(text("DELETE FROM issued_pdf"))
    session.commit()
    for kept in sessions.kw["info"]["settings"].data_dir.glob("pdf/*/*.pdf"):
        kept.unlink()
    again = issue_pdf(sessions, eli, card.id, ID)
    assert again.is_rendered
    assert again.content == first.content
    assert session.scalars(select(IssuedPdf.template_version)).all() == [f"{renderer(settings_of(session))} branding 1"]
    assert not issue_pdf(sessions, eli, card.id, ID).is_rendered


@pytest.mark.parametrize("table", ["branding_version", "brand_logo"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = 99", "DELETE FROM {}"])
def test_the_database_keeps_every_look(session: Session, cast: Cast, table: str, act: str) -> None:
    branding.change_branding(session, actor_of(cast.hana), dataclasses.replace(LOOK, logo=logo(300, 200)), version=0)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), session.begin_nested():
        session.execute(text(act.format(table)))
