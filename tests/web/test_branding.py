"""Can HR set the look on its page, see an example before, and read why a look is refused?"""

import dataclasses
import io
import re

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, BrandingVersion
from app.rules.branding import HOUSE, Branding, Section, SignatureBlock, Signer
from app.rules.vocabulary import Language
from app.services import branding
from tests.brandings import LOOK, picture
from tests.cast import Cast, actor_of
from tests.pages import Page
from tests.tools import Browser, SignIn

FIELDS = {
    "version": "0",
    "logo_kept": "",
    "accent": "#1c4f82",
    "name": "PT Maju Bersama Tbk",
    "address": "Jalan Contoh 17",
    "footer": "Nomor 0001",
    "signers": ["employee", "hr"],
    "label_en_hr": "Head of HR",
    "label_id_hr": "Kepala SDM",
    "sections": ["working", "data", "behaviours", "self_assessment", "comments"],
}
WANTED = Branding(
    version=1,
    accent="#1c4f82",
    name="PT Maju Bersama Tbk",
    address="Jalan Contoh 17",
    footer="Nomor 0001",
    signatures=(SignatureBlock(Signer.EMPLOYEE), SignatureBlock(Signer.HR, "Head of HR", "Kepala SDM")),
    left_out=frozenset({Section.TREND}),
)


@pytest.fixture
def hana(session: Session, as_: SignIn, cast: Cast) -> Browser:
    account = session.scalars(select(Account).where(Account.person_id == cast.hana.id)).one()
    account.language = Language.ENGLISH
    session.commit()
    return as_(cast.hana)


def test_a_look_is_set_and_shown_again(session: Session, hana: Browser) -> None:
    assert Page(hana.get("/branding").text).fields["accent"] == HOUSE.accent
    assert hana.submit("/branding", FIELDS).status_code == 303
    assert branding.in_force(session) == WANTED
    page = hana.get("/branding").text
    shown = Page(page).fields
    assert {name: shown[name] for name in ("accent", "name", "address", "footer", "label_en_hr", "label_id_hr")} == {
        name: FIELDS[name] for name in ("accent", "name", "address", "footer", "label_en_hr", "label_id_hr")
    }
    ticked = [section for section in Section if re.search(rf'value="{section}" checked', page)]
    assert ticked == [section for section in Section if section is not Section.TREND]
    assert "Branding 1, since" in page


def test_a_logo_is_sent_kept_over_a_refusal_and_taken_away(session: Session, hana: Browser) -> None:
    files = {"logo": ("logo.png", picture(1600, 400), "image/png")}
    refused = hana.submit("/branding", {**FIELDS, "accent": "#ffff00"}, files=files)
    assert refused.status_code == 400
    kept = refused.text.split('name="logo_kept" value="')[1].split('"')[0]
    assert "The logo that you sent is kept until you save." in refused.text
    assert hana.submit("/branding", {**FIELDS, "logo_kept": kept}).status_code == 303
    logo = branding.in_force(session).logo
    assert logo is not None
    assert (logo.width, logo.height) == (800, 200)
    assert logo.address in hana.get("/branding").text
    assert hana.submit("/branding", {**FIELDS, "version": "1"}).status_code == 303
    session.expire_all()
    assert branding.in_force(session).logo == logo
    assert hana.submit("/branding", {**FIELDS, "version": "1", "without_logo": "on"}).status_code == 303
    session.expire_all()
    assert branding.in_force(session).logo is None


@pytest.mark.parametrize(
    ("changed", "at", "message"),
    [
        (
            {"accent": "#ff0000"},
            "accent",
            "has a contrast of 3.99 to 1 on white; text needs 4.5. The nearest that has it is #ee0000",
        ),
        ({"accent": "merah"}, "accent", "must be written like #0f5c62: # and six digits from 0 to f"),
        ({"label_id_hr": ""}, "label_id_hr", "is required"),
        ({"footer": "x" * 201}, "footer", "must have at most 200 characters"),
    ],
)
def test_a_refused_look_is_shown_again_with_the_reason(
    session: Session, hana: Browser, changed: dict[str, str], at: str, message: str
) -> None:
    answer = hana.submit("/branding", {**FIELDS, **changed})
    page = Page(answer.text)
    assert answer.status_code == 400
    assert message in page.faults[at]
    assert page.fields["name"] == "PT Maju Bersama Tbk"
    assert session.scalars(select(BrandingVersion)).all() == []


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nrubbish", b"GIF89a", b"x"]
)
def test_a_hostile_logo_is_refused(session: Session, hana: Browser, content: bytes) -> None:
    answer = hana.submit("/branding", FIELDS, files={"logo": ("logo.png", content, "image/png")})
    assert answer.status_code == 400
    assert Page(answer.text).faults["logo"]
    assert session.scalars(select(BrandingVersion)).all() == []


def test_who_was_faster_is_not_overwritten_unseen(session: Session, cast: Cast, hana: Browser) -> None:
    branding.change_branding(session, actor_of(cast.hana), LOOK, version=0)
    session.commit()
    answer = hana.submit("/branding", FIELDS)
    assert answer.status_code == 409
    assert "Somebody else has changed this in the meantime." in answer.text
    assert Page(answer.text).fields["name"] == "PT Maju Bersama Tbk"
    assert 'name="version" value="1"' in answer.text
    assert hana.submit("/branding", {**FIELDS, "version": "1", "without_logo": "on"}).status_code == 303
    session.expire_all()
    assert branding.in_force(session) == dataclasses.replace(WANTED, version=2)


def test_the_example_follows_what_is_typed_and_sets_nothing(session: Session, hana: Browser) -> None:
    files = {"logo": ("logo.png", picture(), "image/png")}
    answer = hana.submit("/branding/preview", FIELDS, files=files)
    assert answer.status_code == 200
    for shown in ("PT Maju Bersama Tbk", "Jalan Contoh 17", "Nomor 0001", "Head of HR", "#1c4f82", "data:image/png"):
        assert shown in answer.text
    assert "Scores over the cycle" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; style-src 'sha256-" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert session.scalars(select(BrandingVersion)).all() == []


def test_the_example_says_what_is_wrong_in_its_place(hana: Browser) -> None:
    for path in ("/branding/preview", "/branding/preview.pdf"):
        answer = hana.submit(path, {**FIELDS, "accent": "#ff0000"})
        assert answer.status_code == 400
        assert "Accent colour: has a contrast of 3.99 to 1" in answer.text


def test_the_example_comes_as_a_pdf(hana: Browser) -> None:
    answer = hana.submit("/branding/preview.pdf", FIELDS)
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    assert "PT Maju Bersama Tbk" in text
    assert "Kusumaningtyas Prawirodirdjo" in text
