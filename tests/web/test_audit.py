"""Can HR and auditors read who did what, in plain words, and nobody else?"""

import ast
import json
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import Locale
from app.models import AuditEntry
from app.rules.vocabulary import Language
from app.services.appraisals import publish
from app.web.audit_facts import NAMES, fact_texts, word_of
from app.web.audit_words import ACTIONS, KINDS
from tests.cards import Example, make_example
from tests.cast import Cast, actor_of
from tests.everything import make_company
from tests.tools import Clock, SignIn

APP = Path(__file__).parents[2] / "app"


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    january = made.period("2026-01").id
    publish(session, actor_of(cast.mona), person_id=cast.eli.id, period_id=january, comment="Sangat memuaskan")
    return made


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def recorded_actions() -> set[str]:
    """Every name of an act that a service writes: `noun.verb` as the text of a call's argument or of a constant."""
    pattern = re.compile(
        r"(account|appeal|appraisal|appraiser|branding|case|cause|cycle|definition|development|entry|erasure|evidence"
        r"|feedback|goal|library|note|organisation|people|period|person|plan|position|privacy|role|scorecard"
        r"|second_person|self_assessment|unit)\.[a-z_]+"
    )
    found = set()
    for path in (APP / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.fullmatch(node.value):
                found.add(node.value)
    return found


def test_every_act_that_services_record_has_words() -> None:
    recorded = recorded_actions()
    assert len(recorded) > 40
    assert recorded - set(ACTIONS) == set()


def recorded_facts(session: Session) -> set[str]:
    """Every name of a fact: as services write it beside an act, and as it stands in the trail of a whole company."""
    found = set()
    for path in (APP / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in {"details", "words"} and isinstance(node.value, ast.Dict):
                found |= {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
    for details in session.scalars(select(AuditEntry.details)):
        found |= set(json.loads(details))
    return found


def test_every_fact_that_services_record_has_a_name(session: Session, cast: Cast) -> None:
    make_company(session, cast)
    recorded = recorded_facts(session)
    assert len(recorded) > 60
    assert sorted(name for name in recorded if word_of(name)[0] not in NAMES) == []


def test_facts_read_in_the_readers_language() -> None:
    facts = {"kind": "erasure", "task_2": "Menyapa", "role": [None, "hr"], "kpi SAL-REV": "", "granted": True}
    assert fact_texts(facts, Locale(Language.INDONESIAN)) == [
        ("jenis", "penghapusan"), ("tugas 2", "Menyapa"), ("peran", "– → HR"), ("dikabulkan", "✓")
    ]  # fmt: skip


def test_every_kind_stands_for_some_act() -> None:
    for kind, _ in KINDS:
        assert any(action.startswith(f"{kind}.") for action in ACTIONS)


def test_the_trail_reads_in_plain_words(example: Example, as_: SignIn) -> None:
    page = words(as_(example.cast.audi).get("/audit?kind=scorecard").text)
    assert "Kartu skor diterbitkan" in page
    assert "Mona Maharani Eli Effendi" in page
    for text in ("periode: 2026-01", "nilai akhir: 81.37", "komentar: Sangat memuaskan"):
        assert text in page
    assert "Realisasi dicatat" not in page


@pytest.mark.parametrize(("name", "status"), [("hana", 200), ("audi", 200), ("mona", 403), ("eli", 403)])
def test_only_hr_and_auditors_read_it(cast: Cast, as_: SignIn, name: str, status: int) -> None:
    assert as_(getattr(cast, name)).get("/audit").status_code == status


def test_it_is_narrowed_by_person_and_day(example: Example, as_: SignIn, clock: Clock) -> None:
    hana = as_(example.cast.hana)
    assert "Kartu skor diterbitkan" in hana.get("/audit?person=effendi").text
    assert "Kartu skor diterbitkan" in hana.get(f"/audit?person={example.cast.eli.number}").text
    assert "Tidak ada catatan" in hana.get("/audit?person=oktavian").text
    day = clock.now.date().isoformat()
    assert "Kartu skor diterbitkan" in hana.get(f"/audit?from={day}&to={day}").text
    assert "Tidak ada catatan" in hana.get(f"/audit?from={date(2026, 2, 4)}").text
    assert "Tidak ada catatan" in hana.get(f"/audit?to={date(2026, 2, 2)}").text


@pytest.mark.parametrize("query", ["kind=zz", "from=31/02/2026", "to=x", "page=-1", "page=99999", "person=%25%00"])
def test_odd_addresses_are_answered(cast: Cast, as_: SignIn, query: str) -> None:
    assert as_(cast.hana).get(f"/audit?{query}").status_code == 200
