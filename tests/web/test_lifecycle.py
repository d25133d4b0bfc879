"""Does what somebody lost act on their next request, and does nothing foreign change anything or lead anywhere?"""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.models import Account, ReportingLine, RoleGrant
from app.services import accounts
from tests.access_table import PAGES
from tests.cast import Cast, actor_of
from tests.everything import Company, make_company
from tests.factories import TODAY
from tests.tools import Clock, SignIn
from tests.walks import PUBLIC_FORMS, digests, page_routes

pytestmark = pytest.mark.slow


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    return make_company(session, cast)


# --- What is taken away ---------------------------------------------------------------------------------------------


def test_a_role_that_was_withdrawn_opens_nothing_more(
    company: Company, cast: Cast, as_: SignIn, session: Session
) -> None:
    browser = as_(cast.hana)
    pages = ["/people/new", f"/plans/{company.draft.id}", f"/people/{cast.eli.id}", "/audit", "/cycles/new"]
    assert {browser.get(path).status_code for path in pages} == {200}
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == cast.hana.id))
    session.flush()
    assert [browser.get(path).status_code for path in pages] == [403, 404, 404, 403, 403]
    assert browser.submit("/people", {"name": "X", "number": "X"}).status_code == 403


def test_a_former_manager_finds_nothing_of_the_team(
    company: Company, cast: Cast, as_: SignIn, session: Session
) -> None:
    mona, omar = as_(cast.mona), as_(cast.omar)
    kpi = company.example.kpis["SALES"].id
    pages = [
        f"/people/{cast.eli.id}",
        f"/plans/{company.example.plan.id}",
        f"/entries/{kpi}",
        f"/scorecards/{cast.eli.id}/2026",
        f"/scorecards/{cast.eli.id}/2026/2026-01/pdf",
    ]
    assert [mona.get(path).status_code for path in pages] == [200] * 5
    assert [omar.get(path).status_code for path in pages] == [404] * 5
    line = session.scalars(select(ReportingLine).where(ReportingLine.person_id == cast.eli.id)).one()
    line.ends_on = TODAY - timedelta(days=1)
    session.add(ReportingLine(person_id=cast.eli.id, manager_id=cast.omar.id, starts_on=TODAY))
    session.flush()
    assert [mona.get(path).status_code for path in pages] == [404] * 5
    assert [omar.get(path).status_code for path in pages] == [200] * 5
    fields = {"person": str(cast.eli.id), "cycle": "2026", "period": "2026-01", "from_card": "on"}
    assert mona.submit("/publications", fields).status_code == 404
    assert mona.submit(f"/entries/{kpi}", {}).status_code == 404


@pytest.mark.parametrize("loss", ["disabled", "left", "new password by link", "session too old"])
def test_a_session_ends_with_what_it_rested_on(
    company: Company, cast: Cast, as_: SignIn, session: Session, clock: Clock, loss: str
) -> None:
    browser = as_(cast.eva)
    assert browser.get("/").status_code == 200
    if loss == "disabled":
        session.execute(update(Account).where(Account.person_id == cast.eva.id).values(is_disabled=True))
    elif loss == "left":
        cast.eva.left_on = TODAY - timedelta(days=1)
        session.flush()
    elif loss == "new password by link":
        token = accounts.invite(session, actor_of(cast.hana), cast.eva.id).rpartition("/")[2]
        accounts.accept_invitation(session, token, "buku langit tenang 77")
    else:
        clock.advance(hours=12)
    for path in ("/", "/account", f"/scorecards/{cast.eva.id}/2026", f"/plans/{company.draft.id}"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    assert browser.submit("/account/tokens", {"token_name": "X"}).headers["location"] == "/sign-in"


# --- What comes from elsewhere ----------------------------------------------------------------------------------------


def test_no_foreign_or_forged_form_changes_anything(
    app: FastAPI, company: Company, cast: Cast, as_: SignIn, session: Session
) -> None:
    hana, eli = as_(cast.hana), as_(cast.eli)
    ids = {"plan_id": company.draft.id, "person_id": cast.eli.id, "code": "2026-01"}
    before = digests(session)
    own = {"Origin": "http://testserver"}
    refused = 0
    for method, path in page_routes(app):
        if method == "GET" or path in PUBLIC_FORMS:
            continue
        address = path.format_map(_Ids(ids))
        good = {"csrf": hana.csrf}
        answers = [
            hana.post(address, headers=own),
            hana.post(address, data={"csrf": "x"}, headers=own),
            hana.post(address, data={"csrf": eli.csrf}, headers=own),
            hana.post(address, data=good, headers={"Origin": "https://evil.example"}),
            hana.post(address, data=good, headers={"Origin": "null"}),
            hana.post(address, data=good, headers={**own, "Sec-Fetch-Site": "cross-site"}),
            hana.post(address, content=f"csrf={hana.csrf}", headers={**own, "Content-Type": "text/plain"}),
            hana.post(
                address, content=f'{{"csrf": "{hana.csrf}"}}', headers={**own, "Content-Type": "application/json"}
            ),
            hana.post(address, content=f"csrf={hana.csrf}", headers=own),
            hana.get(f"{address}?csrf={hana.csrf}"),
        ]
        assert [answer.status_code for answer in answers[:-1]] == [403] * 9, path
        own_only = {403} if "H" in PAGES[f"POST {path}"].refused else set()
        assert answers[-1].status_code in {200, 303, 404, 405, 409} | own_only, path
        refused += 9
    assert refused >= 350
    assert digests(session) == before


class _Ids(dict[str, object]):
    """What stands in addresses: 1 for whatever was not named."""

    def __missing__(self, key: str) -> object:
        return 1


ELSEWHERE = (
    "https://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\/evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "/ /evil.example", "http:evil.example", "http:/evil.example", "https:///evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "evil.example", "@evil.example",
    "//evil.example@testserver", "/%0d%0aSet-Cookie:a=b", "/\r\nLocation: https://evil.example", "//[::1]",
    "//evil.example:80", "/\x00/evil.example", "//\u3002evil.example", "/\u2028/evil.example",
    "\u2044\u2044evil.example", "//evil%E3%80%82example", "/.//evil.example", "/..//evil.example",
    "//evil.example/%2e%2e", "?next=//evil.example", "#//evil.example", "", "//", "/\\",
    "http://testserver.evil.example",
)  # fmt: skip


@pytest.mark.parametrize("place", ["sign-in", "language"])
def test_nobody_is_led_elsewhere(cast: Cast, as_: SignIn, place: str) -> None:
    browser = as_(cast.eli)
    assert len(ELSEWHERE) >= 40
    for wanted in ELSEWHERE:
        if place == "sign-in":
            answer = browser.get("/sign-in", params={"next": wanted})
        else:
            answer = browser.submit("/language", {"language": "en", "next": wanted})
        location = answer.headers["location"]
        assert answer.status_code == 303, wanted
        assert location.startswith("/"), wanted
        assert not location.startswith(("//", "/\\")), wanted
        assert location.isascii(), wanted
        assert location.isprintable(), wanted
        assert "a=b" not in str(answer.headers.get("set-cookie")), wanted
