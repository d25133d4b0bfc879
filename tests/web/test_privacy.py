"""Do people find their own data and its history, and does HR answer, keep and erase on one page?"""

import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import DataRequest, Erasure, LegalHold
from app.rules.vocabulary import Role
from tests.cards import make_example
from tests.cast import Cast
from tests.factories import make_account, make_person
from tests.privacies import Privacies, make_privacies
from tests.tools import SignIn


@pytest.fixture
def privacies(session: Session, cast: Cast) -> Privacies:
    make_example(session, cast).record_january(session)
    return make_privacies(session, cast)


def test_one_click_gives_everything(cast: Cast, as_: SignIn, privacies: Privacies) -> None:
    eli = as_(cast.eli)
    answer = eli.submit("/my-data/archive")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        said = packed.read("data.json").decode()
    assert "Jabatan saya salah." in said
    assert "Sengketa upah." in said
    page = eli.get("/my-data").text
    assert privacies.request.text in page


def test_what_was_typed_comes_back(cast: Cast, as_: SignIn) -> None:
    answer = as_(cast.eli).submit("/my-data/requests", {"kind": "correction", "text": ""})
    assert answer.status_code == 400
    answer = as_(cast.eli).submit("/my-data/requests", {"text": "Nama saya keliru"})
    assert (answer.status_code, "Nama saya keliru" in answer.text) == (400, True)


def test_hr_answers_keeps_and_erases(session: Session, cast: Cast, as_: SignIn, privacies: Privacies) -> None:
    hana = as_(cast.hana)
    page = hana.get("/privacy").text
    assert [text in page for text in ("Eli Effendi", "Sengketa upah.", "Masa simpan habis.")] == [True] * 3
    address = f"/privacy/requests/{privacies.request.id}"
    refused = hana.submit(address, {"granted": "yes", "answer": ""})
    assert refused.status_code == 400
    assert hana.submit(address, {"granted": "no", "answer": "Sesuai kontrak."}).status_code == 303
    assert session.scalars(select(DataRequest.is_granted)).one() is False
    hold = {"person": "nobody", "reason": "Audit pajak", "until": ""}
    refused = hana.submit("/privacy/holds", hold)
    assert (refused.status_code, "Audit pajak" in refused.text) == (400, True)
    assert hana.submit("/privacy/holds", {**hold, "person": cast.eva.name}).status_code == 303
    kept = session.scalars(select(LegalHold).where(LegalHold.person_id == cast.eva.id)).one()
    assert hana.submit(f"/privacy/holds/{kept.id}/end").status_code == 303
    erasing = f"/privacy/erasures/{privacies.erasure.id}"
    assert hana.submit(erasing).status_code == 409
    second = make_person(session, "20", "Sari Sasmita", roles=(Role.HR,))
    make_account(session, second)
    assert as_(second).submit(erasing).status_code == 303
    assert session.scalars(select(Erasure.erased_at)).one() is not None
    assert "Gone Gunawan" not in hana.get("/people").text


def test_an_erasure_is_asked_for_and_taken_back(session: Session, cast: Cast, as_: SignIn) -> None:
    hana = as_(cast.hana)
    refused = hana.submit("/privacy/erasures", {"person": cast.eli.number, "reason": "Masa simpan habis"})
    assert refused.status_code == 409
    answer = hana.submit("/privacy/erasures", {"person": cast.gone.number, "reason": "Masa simpan habis"})
    assert answer.status_code == 303
    asked = session.scalars(select(Erasure)).one()
    assert hana.submit(f"/privacy/erasures/{asked.id}/withdrawal").status_code == 303
    assert session.scalars(select(Erasure)).all() == []
