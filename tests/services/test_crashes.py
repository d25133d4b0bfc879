"""What is left of publishing for many when the service is killed in the middle, and does the same form go on?"""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import schema
from app.database import Sessions, make_engine, make_sessions, transaction
from app.main import create_app
from app.models import Account, Appraisal, AppraisalStep, AuditEntry, Notice, PublishedScorecard
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import AppraisalState
from app.rules.workflow import Step
from app.services import audit, snapshots
from app.services.organisation import SETTINGS
from app.settings import Settings
from app.web.session import cookie_name
from tests.cards import Example, give_plan, make_example
from tests.cast import make_cast
from tests.dying import PLACES
from tests.factories import make_person, make_web_session
from tests.postgres import own_database
from tests.tools import Browser

pytestmark = [pytest.mark.database, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Company:
    """A database in which transactions really end: five people below mona, all with a January that can be published."""

    engine: Engine
    folder: Path
    sessions: Sessions
    people: list[int]
    token: str
    csrf: str

    @property
    def fields(self) -> dict[str, Any]:
        """The form that mona sends."""
        return {"cycle": "2026", "period": "2026-01", "person": self.people}

    def browser(self, settings: Settings) -> Browser:
        """Mona's browser, in which she was signed in all the time."""
        browser = Browser(create_app(settings, self.engine), follow_redirects=False)
        browser.cookies.set(cookie_name(settings), self.token)
        browser.csrf = self.csrf
        return browser


@pytest.fixture
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    with own_database(request.config, tmp_path, "kinerja_crashes") as url:
        engine = make_engine(url)
        schema.upgrade(engine)
        sessions = make_sessions(engine, info={SETTINGS: Settings(data_dir=tmp_path, _env_file=None)})
        with transaction(sessions) as session:
            cast = make_cast(session)
            example = make_example(session, cast)
            example.record_january(session)
            people = [cast.eli.id]
            for number in range(20, 24):
                person = make_person(session, str(number), f"Zain{number} Zulkarnain", manager=cast.mona)
                plan = give_plan(session, person, example.cycle)
                Example(cast, example.cycle, plan, {kpi.code: kpi for kpi in plan.kpis}).record_january(session)
                people.append(person.id)
            account = session.scalars(select(Account).where(Account.person_id == cast.mona.id)).one()
            token, row = make_web_session(session, account)
            made = Company(engine, tmp_path, sessions, people, token, row.csrf_token)
        yield made
        engine.dispose()


def killed(company: Company, place: str) -> None:
    """Let another process publish for everybody, and die on the way."""
    given = {
        "csrf": company.csrf, "fields": company.fields, "folder": str(company.folder), "place": place,
        "token": company.token, "url": company.engine.url.render_as_string(hide_password=False),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.dying", json.dumps(given)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.returncode == -signal.SIGKILL, done.stderr


def published(session: Session) -> list[int]:
    """Whose card there is, once it is sure that each is whole and there once."""
    cards = session.scalars(select(PublishedScorecard).order_by(PublishedScorecard.id)).all()
    owners = [card.appraisal.person_id for card in cards]
    everybody = Counter(owners)
    assert set(everybody.values()) <= {1}
    assert [card for card in cards if snapshots.recomputed(card.snapshot) != card.snapshot] == []
    appraisals = session.scalars(select(Appraisal)).all()
    assert Counter(each.person_id for each in appraisals if each.state is AppraisalState.PUBLISHED) == everybody
    assert len(appraisals) == len(cards)
    steps = session.scalars(
        select(Appraisal.person_id).join(AppraisalStep).where(AppraisalStep.step == Step.PUBLISH.value)
    )
    notices = session.scalars(select(Notice.person_id).where(Notice.kind == NoticeKind.SCORECARD_PUBLISHED))
    acts = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "scorecard.published"))
    assert [Counter(found) for found in (steps, notices, acts)] == [everybody] * 3
    assert audit.verify(session) is None
    return owners


@pytest.mark.parametrize(("place", "left"), list(zip(PLACES, (2, 2, 2, 5), strict=True)))
def test_a_service_that_is_killed_leaves_whole_cards_and_goes_on(
    company: Company, settings: Settings, place: str, left: int
) -> None:
    killed(company, place)
    with transaction(company.sessions, writes=False) as session:
        assert published(session) == company.people[:left]
    mona = company.browser(settings)
    page = mona.get("/publications/new?cycle=2026&period=2026-01&all=on").text
    waiting = [person for person in company.people if f'name="person" value="{person}"' in page]
    assert waiting == company.people[left:]
    sent = mona.submit("/publications", company.fields)
    told = mona.get(sent.headers["location"]).text
    assert (f"diterbitkan: {5 - left}. Sudah terbit sebelumnya: {left}.") in told
    with transaction(company.sessions, writes=False) as session:
        assert sorted(published(session)) == company.people
