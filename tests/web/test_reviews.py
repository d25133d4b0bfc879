"""Do the pages of a review lead from the employee's own view to the published scorecard, and show each their part?"""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Adjustment, Appraisal, Cycle, FeedbackRequest, SelfAssessment
from app.services.behaviours import behaviours_of
from tests.cards import Example, make_example
from tests.cast import Cast
from tests.pages import Page
from tests.reviews import ask_review, assess, score
from tests.tools import SignIn


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    ask_review(session, made, share="30", approval=True)
    return made


def at(example: Example, part: str = "") -> str:
    return f"/reviews/{example.cast.eli.id}/2026/2026-01{part}"


def test_from_the_own_view_to_the_paper(session: Session, example: Example, as_: SignIn) -> None:
    eli, mona, hana = as_(example.cast.eli), as_(example.cast.mona), as_(example.cast.hana)
    page = eli.get(at(example, "/self-assessment"))
    assert page.status_code == 200
    sent = eli.submit(
        at(example, "/self-assessment"),
        {"version": "0", "own_0_words": "Dua pelanggan baru.", "own_0_achievement": "95,5", "words": "", "act": "save"},
    )
    assert sent.headers["location"] == at(example, "/self-assessment")
    own = session.scalars(select(SelfAssessment)).one()
    shown = Page(eli.get(at(example, "/self-assessment")).text)
    assert (shown.fields["own_0_words"], shown.fields["own_0_achievement"]) == ("Dua pelanggan baru.", "95,50")
    assert "Dua pelanggan baru." not in mona.get(at(example)).text
    fields = {**shown.fields, "version": str(own.version), "act": "hand_in"}
    assert eli.submit(at(example, "/self-assessment"), fields).status_code == 303
    assert "Dua pelanggan baru." in mona.get(at(example)).text

    scoring = mona.get(at(example, "/scoring"))
    assert "Dua pelanggan baru." in scoring.text
    levels = {f"level_{each.id}": "4" for each in behaviours_of(session, example.cycle.id)}
    typed = {"version": "0", "comment": "Penjualan naik.", "kpi_0": "Teruskan.", **levels}
    version = example_version(session)
    sent = mona.submit(at(example, "/scoring"), {**typed, "version": version, "total": "85", "act": "hand_in"})
    assert sent.status_code == 400
    assert "reason" in Page(sent.text).faults
    fields = {**typed, "version": version, "total": "85", "reason": "Pasar turun.", "act": "hand_in"}
    assert mona.submit(at(example, "/scoring"), fields).headers["location"] == at(example)
    assert mona.get(at(example, "/scoring")).status_code == 409
    for text in ("Penjualan naik.", "Pasar turun.", "Teruskan."):
        assert text not in eli.get(at(example)).text
        assert text in hana.get(at(example)).text
    assert hana.submit(at(example, "/approval"), {}).status_code == 303
    publish = {"cycle": "2026", "period": "2026-01", "person": str(example.cast.eli.id), "from_card": "on"}
    assert mona.submit("/publications", publish).status_code == 303
    card = eli.get(f"/scorecards/{example.cast.eli.id}/2026?period=2026-01").text
    for text in ("85,00", "Penjualan naik.", "Pasar turun.", "Teruskan.", "Integritas", "Dua pelanggan baru."):
        assert text in card


def example_version(session: Session) -> str:
    session.expire_all()
    wanted = select(Appraisal.version).join(SelfAssessment, SelfAssessment.appraisal_id == Appraisal.id)
    return str(session.scalars(wanted).one())


def test_a_scoring_that_lacks_something_comes_back_as_it_was_typed(example: Example, as_: SignIn) -> None:
    sent = as_(example.cast.mona).submit(
        at(example, "/scoring"), {"version": "0", "kpi_0": "Teruskan.", "act": "hand_in"}
    )
    assert sent.status_code == 400
    assert Page(sent.text).fields["kpi_0"] == "Teruskan."
    assert "Penilaian diri belum diserahkan" in sent.text


def test_a_scoring_is_returned_with_a_reason(session: Session, example: Example, as_: SignIn) -> None:
    assess(session, example)
    score(session, example)
    root = as_(example.cast.root)
    refused = root.submit(at(example, "/return"), {"reason": " "})
    assert (refused.status_code, "reason" in Page(refused.text).faults) == (400, True)
    assert root.submit(at(example, "/return"), {"reason": "Mohon cek."}).status_code == 303
    assert "Mohon cek." in as_(example.cast.mona).get(at(example)).text


def test_the_list_leads_to_what_is_missing(session: Session, example: Example, as_: SignIn) -> None:
    page = as_(example.cast.mona).get("/reviews?cycle=2026&period=2026-01")
    assert f'href="{at(example)}/scoring#behaviours"' in page.text
    assert (
        f'href="{at(example)}/self-assessment"' in as_(example.cast.eli).get("/reviews?cycle=2026&period=2026-01").text
    )
    score(session, example, hand_in=False)
    assert "#behaviours" not in as_(example.cast.mona).get("/reviews?cycle=2026&period=2026-01").text


def test_hr_sets_what_a_review_asks_for(session: Session, example: Example, as_: SignIn) -> None:
    hana, path = as_(example.cast.hana), f"/cycles/{example.cycle.id}/review"
    form = Page(hana.get(path).text)
    texts = {name: text for name, text in form.fields.items() if name.startswith("behaviour")}
    assert len([name for name in texts if name.endswith("_name_en") and texts[name]]) == 5
    version = session.scalars(select(Cycle.version)).one()
    fields = {
        **texts,
        "version": str(version),
        "periods": "2026-12",
        "asks_self_assessment": "on",
        "behaviour_share": "20",
        "max_adjustment": "7,5",
        "names_feedback": "on",
        "behaviour_4_name_en": "Curiosity",
    }
    refused = hana.submit(path, {**fields, "max_adjustment": "101", "behaviour_0_en_1": " "})
    assert (refused.status_code, set(Page(refused.text).faults)) == (400, {"max_adjustment", "behaviour_0_en_1"})
    assert hana.submit(path, fields).status_code == 303
    session.expire_all()
    cycle = session.scalars(select(Cycle)).one()
    assert [period.code for period in cycle.periods if period.asks_review] == ["2026-12"]
    assert (cycle.asks_self_assessment, cycle.asks_approval, cycle.behaviour_share, cycle.max_adjustment) == (
        True,
        False,
        Decimal(20),
        Decimal("7.5"),
    )
    assert behaviours_of(session, cycle.id)[4].name_en == "Curiosity"
    assert hana.submit(path, fields).status_code == 409


def test_answers_without_names_are_held_back_below_three(session: Session, example: Example, as_: SignIn) -> None:
    mona, eli = as_(example.cast.mona), as_(example.cast.eli)
    assert eli.submit(at(example, "/feedback/proposals"), {"colleague": "Eva Elvira"}).status_code == 303
    proposed = session.scalars(select(FeedbackRequest)).one()
    eva = as_(example.cast.eva)
    assert eva.get(f"/feedback/{proposed.id}").status_code == 404
    assert mona.submit(at(example, f"/feedback/{proposed.id}"), {}).status_code == 303
    for name in ("Otto Oktavian", "Omar Ondang"):
        assert mona.submit(at(example, "/feedback"), {"colleague": name, "question": "Bagaimana?"}).status_code == 303
    for place, person in enumerate((example.cast.eva, example.cast.otto, example.cast.omar)):
        row = session.scalars(select(FeedbackRequest).where(FeedbackRequest.colleague_id == person.id)).one()
        page = as_(person).get(f"/feedback/{row.id}")
        assert (page.status_code, "81,37" in page.text) == (200, False)
        assert as_(person).submit(f"/feedback/{row.id}", {"strengths": f"Jawaban {place}"}).status_code == 303
        shown = [f"Jawaban {each}" in mona.get(at(example)).text for each in range(3)]
        assert shown == ([True] * 3 if place == 2 else [False] * 3)
    assert "Jawaban 1" not in eli.get(at(example)).text
    assert as_(example.cast.eva).submit(f"/feedback/{proposed.id}", {"strengths": "x"}).status_code == 409


def test_nobody_is_asked_twice_or_about_themselves(session: Session, example: Example, as_: SignIn) -> None:
    mona = as_(example.cast.mona)
    for name in ("Eli Effendi", "Mona Maharani", "Nobody", "8"):
        refused = mona.submit(at(example, "/feedback"), {"colleague": name})
        assert (refused.status_code, set(Page(refused.text).faults)) == (400, {"ask-colleague"})
    assert session.scalars(select(FeedbackRequest)).all() == []
    assert session.scalars(select(Adjustment)).all() == []
