"""Do programs propose, ask and decline as the pages do?"""

import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import AsProgram, anonymous, program
from tests.cards import Example, make_example
from tests.cast import Cast
from tests.reviews import ask_review

__all__ = ["anonymous", "program"]
pytestmark = pytest.mark.database


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    ask_review(session, made)
    return made


def test_a_colleague_is_proposed_asked_and_declines(example: Example, program: AsProgram) -> None:
    cast = example.cast
    eli, mona, eva, otto = (program(each) for each in (cast.eli, cast.mona, cast.eva, cast.otto))
    review = f"/reviews/{cast.eli.id}/2026/2026-01"
    made = eli.post(f"{review}/feedback/proposals", json={"colleague": "Eva Elvira"})
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert eli.post(f"{review}/feedback/proposals", json={"colleague": "Eli Effendi"}).status_code == 400
    assert mona.post(f"{review}/feedback/proposals", json={"colleague": "Omar Ondang"}).status_code == 403
    asking = f"{review}/feedback/{made.json()['id']}/asking"
    assert {each.post(asking).status_code for each in (eva, otto)} == {404}
    assert eli.post(asking).status_code == 403
    assert mona.get(review).json()["feedback_requests"] == [made.json()]
    assert mona.post(asking).json() == {**made.json(), "state": "asked"}
    assert mona.post(asking).status_code == 409
    (question,) = eva.get("/feedback-questions").json()["items"]
    refusal = f"/feedback-questions/{question['id']}/refusal"
    assert otto.post(refusal).status_code == 404
    assert eva.post(refusal).json()["state"] == "declined"
    assert eva.post(refusal).status_code == 409
    assert [each["state"] for each in eli.get(review).json()["feedback_requests"]] == ["declined"]
