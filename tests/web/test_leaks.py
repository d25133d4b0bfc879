"""Does anything about a person reach somebody who may not know of it, and does reading leave everything as it is?"""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.rules.entries import Figure
from app.services.actuals import EntryValues, put_entry
from app.services.appraisals import publish
from app.services.plan_drafts import kpis_of
from app.services.reviews import hand_back
from app.services.where import Where
from tests.cast import Cast, actor_of
from tests.everything import Company, make_company
from tests.tools import SignIn
from tests.walks import digests, page_routes, walk

pytestmark = pytest.mark.slow

CANARIES = {
    "name": "Kenari Nama",
    "number": "KNR-770077",
    "email": "kenari.surat@example.com",
    "kpi": "Kenari Ukuran",
    "objective": "Kenari Sasaran",
    "note": "Kenari Catatan",
    "link": "https://example.com/kenari-bukti",
    "comment": "Kenari Komentar",
    "figure": "417.31",
}
"""What only those may read who may see otto."""


FILLED = {"version": "1", "title": "X", "name": "X", "role": "auditor", "wish": "grant", "state": "stopped"}
"""What forms hold: one without the version that was seen is refused whatever it is about."""


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    company = make_company(session, cast)
    hide_canaries(session, company)
    return company


def hide_canaries(session: Session, company: Company) -> None:
    """Make everything about otto recognisable, with a figure recorded and January published."""
    cast = company.example.cast
    otto, omar = cast.otto, actor_of(cast.omar)
    otto.name, otto.number, otto.email = CANARIES["name"], CANARIES["number"], CANARIES["email"]
    plan = company.other
    for place, objective in enumerate(plan.objectives, start=1):
        objective.title = f"{CANARIES['objective']} {place}"
    for place, kpi in enumerate(kpis_of(plan), start=1):
        kpi.name, kpi.code = f"{CANARIES['kpi']} {place}", f"KNR-{place}"
    session.flush()
    january = company.example.period("2026-01")
    hand_back(session, omar, where=Where(otto.id, "2026", "2026-01"), reason="Belum lengkap")
    january.asks_review = False
    session.flush()
    values = EntryValues(Figure(Decimal(CANARIES["figure"])), note=CANARIES["note"], evidence_link=CANARIES["link"])
    put_entry(session, omar, kpi_id=kpis_of(plan)[0].id, on="2026-01", values=values, version=None)
    publish(session, omar, person_id=otto.id, period_id=january.id, comment=CANARIES["comment"])


def tried(company: Company) -> list[str]:
    """Addresses about otto that a curious reader would try."""
    otto, plan = company.example.cast.otto.id, company.other
    kpi = kpis_of(plan)[0]
    objective = plan.objectives[0].id
    own = [
        f"/people/{otto}", f"/people/{otto}/edit", f"/plans/{plan.id}", f"/plans/{plan.id}/revision",
        f"/plans/{plan.id}/weights/by-hand", f"/plans/{plan.id}/objectives/{objective}",
        f"/plans/{plan.id}/kpis/{kpi.id}",
        f"/plans/{plan.id}/kpis/new", f"/plans/new?person={otto}&cycle=2026", f"/plans/new?source={plan.id}&cycle=2026",
        f"/entries/{kpi.id}", f"/entries/{kpi.id}?period=2026-01", f"/scorecards/{otto}/2026",
        f"/scorecards/{otto}/2026?period=2026-01", f"/scorecards/{otto}/2026/2026-01/pdf", f"/audit?person={otto}",
    ]  # fmt: skip
    searches = [
        f"{path}?search={word}"
        for path in ("/people", "/plans", "/scorecards", "/entries", "/publications/new", "/library")
        for word in ("Kenari", "KNR")
    ]
    return [*own, *searches, "/publications/new?cycle=2026&period=2026-01", "/reports/completeness?cycle=2026"]


def text_of(content: bytes, kind: str) -> str:
    """What stands in an answer, packed or not."""
    if "openxml" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return " ".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("name", ["eli", "eva", "mona", "gone"])
def test_nothing_about_others_reaches_anybody(company: Company, cast: Cast, as_: SignIn, name: str) -> None:
    browser = as_(getattr(cast, name))
    site = walk(browser)
    assert len(site.pages) >= {"eli": 15, "eva": 10, "mona": 25, "gone": 1}[name]
    answers = dict(site.pages)
    answers |= {address: browser.get(address) for address in tried(company)}
    figure = CANARIES["figure"].replace(".", ",")
    for address, answer in answers.items():
        said = text_of(answer.content, answer.headers.get("content-type", "")) + str(answer.headers)
        # What was searched for is said again, and so are addresses
        said = re.sub(r"(value=\"|search(=|%3D)|“)(Kenari|KNR)", "", said)
        found = [word for word in (*CANARIES.values(), "Kenari", figure) if word in said]
        assert found == [], address


def test_those_who_may_see_him_do_find_every_canary(company: Company, cast: Cast, as_: SignIn) -> None:
    browser = as_(cast.omar)
    site = walk(browser)
    pages = [*site.pages.values(), *(browser.get(address) for address in tried(company))]
    said = " ".join(answer.text for answer in pages)
    shown = {**CANARIES, "figure": CANARIES["figure"].replace(".", ",")}
    assert [word for word in shown.values() if word not in said] == []


@pytest.mark.parametrize("name", ["eli", "eva", "mona", "hana", "audi", "root"])
def test_every_link_leads_somewhere(company: Company, cast: Cast, as_: SignIn, name: str) -> None:
    site = walk(as_(getattr(cast, name)), f"/plans/{company.example.plan.id}")
    wrong = {address: answer.status_code for address, answer in site.pages.items() if answer.status_code >= 400}
    wrong.pop(f"/plans/{company.example.plan.id}", None)
    assert wrong == {}


@pytest.mark.parametrize("name", ["eli", "mona"])
def test_what_is_hidden_and_what_is_not_there_look_the_same(
    app: FastAPI, company: Company, cast: Cast, as_: SignIn, name: str
) -> None:
    browser = as_(getattr(cast, name))
    otto, plan = company.example.cast.otto.id, company.other
    ids = {"person_id": otto, "plan_id": plan.id, "kpi_id": kpis_of(plan)[0].id, "objective_id": plan.objectives[0].id}
    compared = 0
    for method, path in page_routes(app):
        names = re.findall(r"{(\w+)}", path)
        if not set(names) & ids.keys():
            continue
        rest = {"cycle_code": "2026", "period_code": "2026-01", "kpi_code": "SALES"}
        foreign = path.format(**{key: {**ids, **rest}.get(key, 999_998) for key in names})
        absent = path.format(**{key: rest.get(key, 999_999) for key in names})
        answers = [
            browser.submit(each, FILLED) if method == "POST" else browser.get(each) for each in (foreign, absent)
        ]
        assert {answer.status_code for answer in answers} in ({404}, {403}), (method, path)  # 403 whoever it is about
        said = [anonymous(answer.text, each) for answer, each in zip(answers, (foreign, absent), strict=True)]
        assert said[0] == said[1], (method, path)
        plain = [{**answer.headers, "content-length": ""} for answer in answers]
        assert plain[0] == plain[1], (method, path)
        compared += answers[0].status_code == 404
    assert compared >= 30


def anonymous(page: str, address: str) -> str:
    """The page without the address by which it was asked for, which it holds for the change of language."""
    return page.replace(address, "")


@pytest.mark.parametrize("name", ["hana", "mona", "eli", "audi"])
def test_reading_changes_nothing(company: Company, cast: Cast, as_: SignIn, session: Session, name: str) -> None:
    browser = as_(getattr(cast, name))
    before = digests(session)
    assert set(before) >= {"person", "plan", "kpi", "entry", "published_scorecard"}
    site = walk(browser, f"/plans/{company.draft.id}", f"/people/{cast.eli.id}")
    assert len(site.pages) >= 15
    assert digests(session) == before
