"""Can a program read what its owner was told, and say that it is read?"""

import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import AsProgram
from tests.cast import Cast
from tests.told import publish

pytestmark = pytest.mark.database


def test_the_owners_notices(session: Session, cast: Cast, program: AsProgram) -> None:
    publish(session, cast.eli)
    publish(session, cast.eva)
    found = program(cast.eli).get("/notices").json()
    assert found["total"] == 1
    notice = found["items"][0]
    assert {name: notice[name] for name in ("kind", "text", "path", "is_read")} == {
        "kind": "scorecard_published",
        "text": "Your scorecard for January 2026 is published.",
        "path": f"/scorecards/{cast.eli.id}/2026?period=2026-01",
        "is_read": False,
    }


def test_reading_one_and_all_up_to_one(session: Session, cast: Cast, program: AsProgram) -> None:
    for key in "123":
        publish(session, cast.eli, key)
    eli = program(cast.eli)
    ids = [each["id"] for each in eli.get("/notices").json()["items"]]
    assert eli.post(f"/notices/{ids[0]}/reading").json()["is_read"] is True
    assert eli.post("/notices/reading", json={"up_to": ids[1]}).json() == {"marked": 2}
    assert eli.get("/notices", params={"only_unread": True}).json() == {"items": [], "total": 0}
    assert program(cast.mona).post(f"/notices/{ids[0]}/reading").status_code == 404
