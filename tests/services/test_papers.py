"""Do plans and reports on paper say what was agreed and what their pages show, for everybody who reads them?"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfua
import pypdf
import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.database import Sessions, make_sessions
from app.documents import pdf_process
from app.documents.pdf_process import render_pdf
from app.errors import NotFound, Unavailable
from app.i18n import Locale
from app.models import AuditEntry, Plan
from app.rules.vocabulary import Language
from app.services.agreement import accept_plan, acceptances_of, approve_plan, propose_plan
from app.services.branding import change_branding
from app.services.calibration import move_total
from app.services.issued import digest_of
from app.services.organisation import SETTINGS
from app.services.papers import hand_out
from app.services.plan_drafts import kpis_of
from app.services.plan_papers import plan_paper
from app.services.report_papers import calibration_paper, completeness_paper
from app.settings import Settings
from tests.brandings import LOOK
from tests.cards import Example, give_plan, make_example
from tests.cast import Cast, actor_of
from tests.objectives import DETAILS, give_details
from tests.plans import RATIO_VALUES, VALUES, add_kpi, add_objective, make_active, make_draft, open_cycle, start
from tests.sealings import PASSPHRASE, signers_of, write_pkcs12

ID, EN = Language.INDONESIAN, Language.ENGLISH
OUR_FACES = {"Lato", "Lato-Bold", "Lato-Semi-Bold"}


@pytest.fixture(scope="module", autouse=True)
def _engine() -> Iterator[None]:
    yield
    pdf_process.close()


def page_of(session: Session, cast: Cast, plan: Plan, language: Language = EN) -> str:
    return plan_paper(session, actor_of(cast.hana), plan_id=plan.id, language=language).page


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """All text with every blank gone: how a program spaces what it reads is its own affair."""
    return bare(" ".join(page.extract_text() for page in read(pdf).pages))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def findings(pdf: bytes, folder: Path) -> tuple[object, ...]:
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    return tuple(pdfua.validate(str(file)).findings)


def fonts_of(pdf: bytes) -> set[str]:
    found = set()
    for page in read(pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


def bookmarks(pdf: bytes) -> list[str]:
    def flat(outline: list[Any]) -> Iterator[str]:
        for each in outline:
            if isinstance(each, list):
                yield from flat(each)
            else:
                yield str(each.title)

    return list(flat(read(pdf).outline))


# --- Plans ------------------------------------------------------------------------------------------------------------


def make_agreed(session: Session, cast: Cast) -> Plan:
    """Eli's plan, proposed by mona, accepted and in force, with everything that a plan can say of an objective."""
    mona, cycle = actor_of(cast.mona), open_cycle(session, actor_of(cast.hana), asks_agreement=True)
    plan = make_draft(session, mona, cast.eli, cycle, [VALUES, RATIO_VALUES, VALUES, VALUES, VALUES, VALUES])
    give_details(session, plan)
    kpi = kpis_of(plan)[0]
    kpi.baseline, kpi.relevance, kpi.definition = Decimal(900), "Sumber utama laba", "Faktur tanpa PPN."
    session.flush()
    propose_plan(session, mona, plan_id=plan.id, version=plan.version)
    accept_plan(session, actor_of(cast.eli), plan_id=plan.id, version=plan.version)
    approve_plan(session, mona, plan_id=plan.id, version=plan.version)
    return plan


@pytest.mark.parametrize("language", [ID, EN])
def test_the_paper_says_everything_that_was_agreed(
    session: Session, cast: Cast, language: Language, tmp_path: Path
) -> None:
    plan, locale = make_agreed(session, cast), Locale(language)
    pdf = render_pdf(page_of(session, cast, plan, language))
    text = words(pdf)
    wanted = [
        *(cast.eli.name, cast.mona.name, cast.eli.number, plan.cycle.name),
        *(objective.title for objective in plan.objectives),
        *(f"{locale.percent((kpi.weight or Decimal(0)).normalize())}" for kpi in kpis_of(plan)),
        *("5 · 4 · 5", locale.measure(Decimal(1200), "Rp juta"), locale.measure(Decimal(900), "Rp juta"), "18–25%"),
        *("Sumber utama laba", "Faktur tanpa PPN.", "ERP", "menang ÷ (prospek) × 100"),
        *(DETAILS.success, DETAILS.training_needed, DETAILS.budget_needed, DETAILS.help_needed),
        *("Memilih lokasi", "Manajer wilayah", "Melatih tim"),
        *(band.name_id if language is ID else band.name_en for band in plan.cycle.bands),
        acceptances_of(session, plan)[-1].digest,
        {ID: "Setiap KPI bernilai 0 sampai 120", EN: "Each KPI scores 0 to 120"}[language],
        {ID: "Disahkan secara elektronik", EN: "Brought into force electronically"}[language],
        {ID: "berlaku sejak 1 Januari 2026", EN: "in force from 1 January 2026"}[language],
    ]
    assert [each for each in wanted if bare(each) not in text] == []
    assert bare("Draf") not in text
    assert findings(pdf, tmp_path) == ()
    assert fonts_of(pdf) == OUR_FACES
    root: Any = read(pdf).trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == (language.value, True)


def test_bookmarks_lead_to_objectives_and_kpis(session: Session, cast: Cast) -> None:
    plan = make_agreed(session, cast)
    found = bookmarks(render_pdf(page_of(session, cast, plan)))
    assert found[:5] == [
        "Performance plan",
        "Objectives, KPIs and weights",
        "1 Sasaran 1",
        "1.1 Pendapatan penjualan K1",
        "Action plan",
    ]
    assert found[-2:] == ["How the plan is scored", "Agreement"]


def test_the_same_plan_in_force_gives_the_same_bytes(session: Session, cast: Cast) -> None:
    plan = make_agreed(session, cast)
    assert render_pdf(page_of(session, cast, plan)) == render_pdf(page_of(session, cast, plan))


def test_our_style_of_elements_is_the_engines(session: Session, cast: Cast) -> None:
    """An element that the quick style does not know brings the engine's own; this one is not shown."""
    page = page_of(session, cast, make_agreed(session, cast))
    assert render_pdf(page) == render_pdf(page.replace("</head>", "<template></template></head>", 1))


def test_every_page_of_a_draft_says_that_it_is_one(session: Session, cast: Cast, tmp_path: Path) -> None:
    plan = make_draft(session, actor_of(cast.mona), cast.eli, open_cycle(session, actor_of(cast.hana)))
    pdf = render_pdf(page_of(session, cast, plan))
    pages = [bare(page.extract_text()) for page in read(pdf).pages]
    assert len(pages) > 1
    assert all(bare("Draft – not in force") in page for page in pages)
    assert bare("it is not in force, and nobody is appraised by it") in pages[0]
    assert "electronically" not in pages[-1]
    assert findings(pdf, tmp_path) == ()


def test_an_empty_draft_and_one_kpi_without_anything_are_papers_too(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    mona = actor_of(cast.mona)
    plan = start(session, mona, cast.eli, open_cycle(session, actor_of(cast.hana)))
    assert findings(render_pdf(page_of(session, cast, plan)), tmp_path) == ()
    objective = add_objective(session, mona, plan, "Satu saja")
    add_kpi(session, mona, plan, objective, replace(VALUES, target=None, source=""))
    session.refresh(plan)
    pdf = render_pdf(page_of(session, cast, plan))
    assert findings(pdf, tmp_path) == ()
    assert "notargetyet" in words(pdf)


def test_ten_kpis_with_long_texts_go_on_over_pages_with_their_heads(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    mona = actor_of(cast.mona)
    long = replace(VALUES, name="Penjualan <b>semua</b> wilayah " * 6, definition="Kata & tanda. " * 60)
    plan = start(session, mona, cast.eli, open_cycle(session, actor_of(cast.hana)))
    for number in range(5):
        objective = add_objective(session, mona, plan, f"{number} " + "Sasaran yang panjang sekali " * 9)
        for _ in range(2):
            add_kpi(session, mona, plan, objective, long)
    session.refresh(plan)
    give_details(session, plan, replace(DETAILS, success="Selesai. " * 100, steps=tuple(DETAILS.steps) * 6))
    pdf = render_pdf(page_of(session, cast, plan))
    pages = [bare(page.extract_text()) for page in read(pdf).pages]
    assert len(pages) > 4
    assert all(bare("Objective, KPI Weight Value before") in page for page in pages[:2])  # the overview and its rest
    assert words(pdf).count(bare("Kata & tanda.")) == 600
    assert findings(pdf, tmp_path) == ()


def test_the_look_of_the_organisation_is_on_every_paper(session: Session, cast: Cast, tmp_path: Path) -> None:
    hana = actor_of(cast.hana)
    plan = make_draft(session, actor_of(cast.mona), cast.eli, open_cycle(session, hana))
    change_branding(session, hana, LOOK, version=0)
    page = page_of(session, cast, plan)
    assert page.count("#1c4f82") > 3
    assert "color: #0f5c62" not in page
    pdf = render_pdf(page)
    pages = [bare(each.extract_text()) for each in read(pdf).pages]
    assert bare(f"{LOOK.name} {LOOK.address}") in pages[0]
    for each in pages:
        assert bare(LOOK.footer) in each
        assert bare("Draft – not in force") in each
    assert findings(pdf, tmp_path) == ()


def test_who_may_not_see_the_plan_has_no_paper_of_it(session: Session, cast: Cast) -> None:
    plan = make_active(session, actor_of(cast.hana), cast.eli, open_cycle(session, actor_of(cast.hana)))
    for reader in (cast.eli, cast.mona, cast.hana):
        assert cast.eli.name in plan_paper(session, actor_of(reader), plan_id=plan.id, language=EN).page
    for stranger in (cast.eva, cast.otto):
        with pytest.raises(NotFound):
            plan_paper(session, actor_of(stranger), plan_id=plan.id, language=EN)


def test_handing_out_is_on_record(sessions: Sessions, session: Session, cast: Cast) -> None:
    plan = make_active(session, actor_of(cast.hana), cast.eli, open_cycle(session, actor_of(cast.hana)))
    paper = plan_paper(session, actor_of(cast.mona), plan_id=plan.id, language=ID)
    session.commit()
    content = hand_out(sessions, actor_of(cast.mona), paper)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id, entry.subject_id) == ("plan.downloaded", cast.mona.id, cast.eli.id)
    assert digest_of(content) in entry.details
    assert paper.file_name == f"Rencana-Kinerja_{cast.eli.number}_2026_v1.pdf"


@pytest.mark.parametrize("kind", ["plan", "calibration", "completeness"])
def test_papers_are_sealed_and_stay_accessible(
    connection: Connection, session: Session, example: Example, settings: Settings, tmp_path: Path, kind: str
) -> None:
    hana, january = actor_of(example.cast.hana), example.period("2026-01")
    paper = {
        "plan": lambda: plan_paper(session, hana, plan_id=example.plan.id, language=EN),
        "calibration": lambda: calibration_paper(session, hana, example.cycle, january, unit_id=None, language=EN),
        "completeness": lambda: completeness_paper(session, hana, example.cycle, january, language=ID),
    }[kind]()
    session.commit()
    sealing = settings.model_copy(
        update={"seal_pkcs12": str(write_pkcs12(tmp_path / "seal.p12")), "seal_passphrase": PASSPHRASE}
    )
    sessions = make_sessions(connection, join_transaction_mode="create_savepoint", info={SETTINGS: sealing})
    pdf = hand_out(sessions, hana, paper)
    assert signers_of(pdf) == ["PT Contoh", "Contoh CA"]
    assert findings(pdf, tmp_path) == ()
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert digest_of(pdf) in entry.details


def test_what_cannot_be_made_is_not_on_record(
    sessions: Sessions, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_active(session, actor_of(cast.hana), cast.eli, open_cycle(session, actor_of(cast.hana)))
    paper = plan_paper(session, actor_of(cast.mona), plan_id=plan.id, language=ID)
    session.commit()
    monkeypatch.setattr(pdf_process, "LARGEST_PAGE", 10)
    with pytest.raises(Unavailable):
        hand_out(sessions, actor_of(cast.mona), paper)
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "plan.downloaded")) is None


# --- Reports ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    made = make_example(session, cast)
    made.record_january(session)
    give_plan(session, cast.eva, made.cycle)
    return made


def test_calibration_on_paper_names_the_move_its_reason_and_author(
    session: Session, example: Example, tmp_path: Path
) -> None:
    cast, january = example.cast, example.period("2026-01")
    hana, reason = actor_of(cast.hana), "Dibandingkan dengan rekan setim."
    move_total(
        session,
        hana,
        person_id=cast.eli.id,
        period_id=january.id,
        total=Decimal(91),
        seen=Decimal("81.37"),
        reason=reason,
    )
    page = calibration_paper(session, hana, example.cycle, january, unit_id=None, language=EN).page
    text = said(page)
    for wanted in ("Eli Effendi", "Mona Maharani", "81.37 → 91.00", reason, cast.hana.name, "Raised: 1", "Penjualan"):
        assert wanted in text
    assert "Needs Improvement 1 → 0; Good 0 → 1" in text  # the words of the chart
    pdf = render_pdf(page)
    assert findings(pdf, tmp_path) == ()
    assert fonts_of(pdf) == OUR_FACES
    assert bookmarks(pdf) == ["Calibration", "Results by grade", "Raters", "Units", "Moves so far", "People"]


def test_calibration_without_results_says_so(session: Session, example: Example, tmp_path: Path) -> None:
    june, omar = example.period("2026-06"), actor_of(example.cast.omar)
    page = calibration_paper(session, omar, example.cycle, june, unit_id=None, language=ID).page
    assert "Eli Effendi" not in page
    assert findings(render_pdf(page), tmp_path) == ()
    with pytest.raises(NotFound):
        calibration_paper(session, omar, example.cycle, june, unit_id=999_999, language=ID)


def test_completeness_on_paper_names_what_is_missing_by_unit_and_manager(
    session: Session, example: Example, tmp_path: Path
) -> None:
    hana, january = actor_of(example.cast.hana), example.period("2026-01")
    page = completeness_paper(session, hana, example.cycle, january, language=EN).page
    text = said(page)
    assert "Eli Effendi" in text
    assert "KPIs without an entry: Audit" in text
    assert "Sales · Won · Cost · CRM · Audit" in text
    assert "No plan in force" in text
    assert "Mona Maharani 3 2 / 3 4 / 10 0 / 2" in text
    assert text.index("Penjualan") < text.index("Without a unit")
    pdf = render_pdf(page)
    assert findings(pdf, tmp_path) == ()
    assert bookmarks(pdf) == ["Completeness", "By unit", "By manager", "What is missing"]


def test_completeness_shows_nobody_whom_one_may_not_see(session: Session, example: Example) -> None:
    omar, january = actor_of(example.cast.omar), example.period("2026-01")
    assert "Eli Effendi" not in completeness_paper(session, omar, example.cycle, january, language=ID).page
