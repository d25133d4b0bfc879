"""Which calls of the API go well? A company with something of everything, and one good call for each operation."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Appraisal, Cycle, KpiDefinition, Position, Unit
from app.rules.entries import Figure
from app.rules.issuing import FileNames
from app.rules.noticing import NoticeKind
from app.rules.vocabulary import CycleState
from app.services.actuals import EntryValues, put_entry
from app.services.appraisals import publish
from app.services.assignments import AssignmentValues, assign_appraiser
from app.services.branding import change_branding
from app.services.cycles import close_period
from app.services.evidence import SentFile, add_evidence
from app.services.feedback import ask, propose
from app.services.issuing_policy import choose
from app.services.library import seed_library
from app.services.notices import list_notices, tell
from app.services.plan_drafts import kpis_of
from app.services.reviews import Scoring, save_scoring
from app.services.scorecards import scorecard_to_date
from app.services.self_assessments import OwnView, save_own_view
from app.services.where import Where
from tests.agreed import agreement_calls
from tests.batches import Batches, make_batches
from tests.brandings import LOOK, branding_calls
from tests.cards import Example, add_bands, give_plan, make_example
from tests.cases import Past, make_past
from tests.cast import Cast, actor_of
from tests.follows import Followed, follow_eli
from tests.goal_calls import goal_calls
from tests.objectives import give_details
from tests.plans import make_draft
from tests.privacies import privacy_calls
from tests.teams import make_cycle
from tests.tools import Clock

TODAY = date(2026, 3, 5)


@dataclass(frozen=True)
class Good:
    """What a call needs to go well."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


KPI = {
    "name": "Hit rate",
    "source_kind": "system_of_record",
    "frequency": "monthly",
    "measure": {"kind": "ratio", "numerator": ["won", "-lost"], "denominator": ["leads"], "scale": "100"},
    "scoring": {"method": "points", "points": [["0", "0"], [20, "100"]], "above": "clamp", "cap": "110"},
}
DEFINITION = {
    "code": "QUA-CMP",
    "category": "quality",
    "department": "quality",
    "name_id": "Tingkat keluhan",
    "name_en": "Complaint rate",
    "definition_id": "Keluhan per pesanan.",
    "definition_en": "Complaints per order.",
    "formula_id": "Keluhan ÷ pesanan × 100",
    "formula_en": "Complaints ÷ orders × 100",
    "unit_of_measure_id": "%",
    "unit_of_measure_en": "%",
    "measure": "ratio",
    "method": "lower",
    "frequency": "monthly",
    "scale": "100",
    "numerator_id": "keluhan, -keluhan dicabut",
    "numerator_en": "complaints, -withdrawn complaints",
    "denominator_id": "pesanan",
    "denominator_en": "orders",
}
POLICY = {
    "floor": "0",
    "cap": "120",
    "missing": "zero",
    "criteria": {"priority": 40, "difficulty": "40", "credibility": "20"},
    "weight_step": "1",
    "weight_floor": "5",
    "weight_ceiling": "40",
    "statuses": {"on_track": "85", "ahead": "105"},
    "grades": [
        {"from": "90", "code": "A", "name_en": "Good", "name_id": "Baik"},
        {"from": "0", "code": "B", "name_en": "Poor", "name_id": "Kurang"},
    ],
}


def seed(session: Session, cast: Cast, clock: Clock) -> dict[str, Good]:
    """The company on TODAY: eli's January is published and closed, eva has a complete draft; the calls by operation."""
    clock.set_day(TODAY)
    example = make_example(session, cast)
    example.record_january(session)
    hana = actor_of(cast.hana, TODAY)
    publish(session, hana, person_id=cast.eli.id, period_id=example.period("2026-01").id)
    close_period(session, hana, cycle_id=example.cycle.id, period_code="2026-01")
    example.record(session, "SALES", "2026-02", "31", today=TODAY)
    followed = follow_eli(session, example, TODAY)
    seed_library(session)
    change_branding(session, actor_of(cast.hana), LOOK, version=0)
    choose(session, hana, FileNames.NUMBER_PERIOD, offers_locked=True)
    unit, position = Unit(code="EMPTY", name="Kosong"), Position(code="NOBODY", name="Belum ada")
    session.add_all([unit, position])
    draft = make_draft(session, hana, cast.eva, example.cycle)
    past = make_past(session, cast, TODAY)
    make_cycle(session, "2022", starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31))
    ended = make_cycle(session, "2023", starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))
    ended.state = CycleState.CLOSED
    session.flush()
    to_date = scorecard_to_date(session, hana, person_id=cast.eli.id, cycle_code="2026", period_code="2026-02")
    computed = str(to_date.result.total)
    values = AssignmentValues("Root Raharja", date(2026, 4, 30), "Mona cuti melahirkan")
    assign_appraiser(session, hana, where=Where(cast.eli.id, "2026", "2026-04"), values=values)
    other = make_cycle(session, "2025", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    session.flush()
    reviewed = review_calls(session, cast, other)
    good = reviewed | {
        "get_me": Good(),
        "list_notices": Good(query={"only_unread": True}),
        "read_notices": Good(body={"up_to": 1}),
        "read_notice": Good({"notice_id": notice_of(session, cast)}),
        "list_people": Good(query={"search": "e"}),
        "get_person": Good({"person_id": cast.eli.id}),
        "create_person": Good(body={"number": "77", "name": "Siti Rahma", "joined_on": "2026-02-01"}),
        "replace_person": Good({"person_id": cast.eli.id}, headers=tag(cast.eli.version), body=person_body(cast)),
        "list_units": Good(),
        "create_unit": Good(body={"name": "Gudang"}),
        "list_positions": Good(),
        "create_position": Good(body={"name": "Kepala gudang"}),
        "list_cycles": Good(),
        "get_cycle": Good({"cycle_code": "2026"}),
        "create_cycle": Good(
            body={
                "code": "2028",
                "name": "Kinerja 2028",
                "starts_on": "2028-01-01",
                "ends_on": "2028-12-31",
                "policy": POLICY,
            }
        ),
        "replace_policy": Good({"cycle_code": other.code}, headers=tag(other.version), body=POLICY),
        "close_period": Good({"cycle_code": "2026", "period_code": "2026-02"}),
        "reopen_period": Good({"cycle_code": "2026", "period_code": "2026-01"}),
        "list_definitions": Good(query={"search": "sales"}),
        "get_definition": Good({"definition_id": session.scalars(select(KpiDefinition.id)).first()}),
        "export_library": Good(),
        "import_library": Good(body={"definitions": [DEFINITION]}),
        "list_plans": Good(query={"cycle": "2026"}),
        "get_plan": Good({"plan_id": example.plan.id}),
        "start_plan": Good(body={"person_id": cast.otto.id, "cycle": "2026"}),
        "publish_scorecards": Good(body={"cycle": "2026", "period": "2026-02", "person_ids": [cast.eli.id]}),
        "get_scorecard": Good({"person_id": cast.eli.id, "cycle_code": "2026"}),
        "get_scorecard_pdf": Good({"person_id": cast.eli.id, "cycle_code": "2026", "period_code": "2026-01"}),
        "lock_scorecard_pdf": Good(
            {"person_id": cast.eli.id, "cycle_code": "2026", "period_code": "2026-01"},
            body={"password": "kuda-hijau-tujuh"},
        ),
        "list_archived_scorecards": Good({"person_id": cast.eli.id}),
        "get_plan_pdf": Good({"plan_id": example.plan.id}, query={"lang": "en"}),
        "get_calibration_pdf": Good(query={"cycle": "2026", "period": "2026-02"}),
        "get_completeness_pdf": Good(query={"cycle": "2026", "period": "2026-02"}),
        "get_scorecard_pdfs": Good(query={"cycle": "2026", "period": "2026-01", "manager": cast.mona.id}),
    }
    for name, id_name, thing in (("unit", "unit_id", unit), ("position", "position_id", position)):
        good[f"get_{name}"] = good[f"remove_{name}"] = Good({id_name: thing.id})
        good[f"replace_{name}"] = Good({id_name: thing.id}, headers=tag(1), body={"name": "Arsip"})
    return (
        good
        | following_calls(example, followed)
        | entry_calls(session, example)
        | plan_calls(session, example, draft)
        | goal_calls(session, cast, example, draft, Good)
        | branding_calls(Good)
        | {name: Good(**call) for name, call in agreement_calls(session, cast, draft).items()}
        | case_calls(cast, past, computed)
        | batch_calls(make_batches(session, cast, example.period("2026-01")))
        | {name: Good(**call) for name, call in privacy_calls(session, cast, TODAY).items()}
    )


def batch_calls(batches: Batches) -> dict[str, Good]:
    """Mona's batches of January."""
    running = Good({"batch_id": batches.running})
    return {
        "start_pdf_batch": Good(body={"cycle": "2026", "period": "2026-01", "lang": "en"}),
        "list_pdf_batches": Good(),
        "get_pdf_batch": running,
        "list_pdf_batch_items": Good(running.path, query={"state": "waiting"}),
        "cancel_pdf_batch": running,
        "resume_pdf_batch": Good({"batch_id": batches.stopped}),
        "retry_pdf_batch": Good({"batch_id": batches.failed}),
        "get_pdf_batch_zip": Good({"batch_id": batches.ready}),
        "choose_pdf_names": Good(body={"names": "unit_folder", "locked_copies": True}),
    }


def case_calls(cast: Cast, past: Past, computed: str) -> dict[str, Good]:
    """Eli's December of two years ago is fresh, November is objected to."""
    february = {"person_id": cast.eli.id, "cycle_code": "2026", "period_code": "2026-02"}
    card = {"person_id": cast.eli.id, "cycle_code": "2024", "period_code": "2024-12"}
    appeal = {"appeal_id": past.appeal.id}
    points = [{"kpi_code": "SALES", "words": "Dua faktur belum tercatat."}]
    return {
        "get_calibration": Good(query={"cycle": "2026", "period": "2026-02"}),
        "move_total": Good(february, body={"total": "101.5", "seen": computed, "reason": "Dibandingkan setim."}),
        "list_case_requests": Good(query={"only_open": True}),
        "ask_case": Good(
            february, body={"kind": "exclude_kpi", "kpi_code": "COST", "reason": "Mesin rusak sepanjang bulan."}
        ),
        "decide_case": Good(
            {"request_id": past.request.id}, headers=tag(past.request.version), body={"is_accepted": True}
        ),
        "assign_appraiser": Good(
            february, body={"who": "Omar Ondang", "ends_on": "2026-04-30", "reason": "Mona cuti melahirkan"}
        ),
        "list_second_people": Good({"person_id": cast.eli.id}),
        "name_second_person": Good(
            {"person_id": cast.eli.id}, body={"who": "Otto Oktavian", "ends_on": "2026-04-30", "reason": "HR sendiri."}
        ),
        "end_second_person": Good({"person_id": cast.eli.id, "second_id": past.second.id}),
        "end_assignment": Good({**february, "period_code": "2026-04"}),
        "close_cycle": Good({"cycle_code": "2022"}, headers=tag(1)),
        "reopen_cycle": Good({"cycle_code": "2023"}, headers=tag(2)),
        "acknowledge_scorecard": Good(card, body={"comment": "Terima kasih."}),
        "send_scorecard_link": Good({"person_id": cast.eli.id, "cycle_code": "2024", "period_code": "2024-12"}),
        "send_scorecard_links": Good(body={"cycle": "2024", "period": "2024-12"}),
        "list_receipts": Good(query={"cycle": "2024", "period": "2024-12", "only_open": True}),
        "raise_appeal": Good(card, body={"reason": "Belum lengkap.", "points": points}),
        "list_appeals": Good(query={"only_open": True}),
        "get_appeal": Good(appeal),
        "decide_appeal": Good(
            appeal,
            headers=tag(past.appeal.version),
            body={"outcome": "partly", "answer": "Satu faktur memang terlambat.", "total": "95"},
        ),
    }


def review_calls(session: Session, cast: Cast, cycle: Cycle) -> dict[str, Good]:
    """Eli's last year: October is scored, November assessed, December open; eva is asked for a word on November."""
    add_bands(cycle)
    cycle.asks_approval, cycle.behaviour_share, cycle.max_adjustment = True, Decimal(0), Decimal(10)
    for period in cycle.periods[-3:]:
        period.asks_review = True
    plan = give_plan(session, cast.eli, cycle)
    mona, eli = actor_of(cast.mona, TODAY), actor_of(cast.eli, TODAY)
    values = EntryValues(Figure(Decimal(30)))
    put_entry(session, mona, kpi_id=kpis_of(plan)[0].id, on="2025-10", values=values, version=None)
    october, november, december = (Where(cast.eli.id, "2025", f"2025-{month}") for month in (10, 11, 12))
    save_scoring(session, mona, where=october, version=None, values=Scoring(comment="Baik."), hand_in=True)
    save_own_view(session, eli, where=november, version=None, values=OwnView("Baik.", {}), hand_in=True)
    asked = ask(session, mona, where=november, colleague="Eva Elvira")
    proposed = propose(session, eli, where=november, colleague="Hana Hartati")
    appraisal = session.get_one(Appraisal, asked.appraisal_id)
    behaviour = {"name_en": "Care", "name_id": "Peduli", "anchors_en": list("abcde"), "anchors_id": list("abcde")}
    policy = {
        "periods": ["2026-12"],
        "asks_self_assessment": True,
        "asks_approval": False,
        "behaviour_share": "20",
        "max_adjustment": 5,
        "shows_feedback": False,
        "names_feedback": True,
        "behaviours": [behaviour],
    }
    scored, assessed, begun = (dict(zip(_REVIEW, where, strict=True)) for where in (october, november, december))
    scoring: dict[str, Any] = {"comment": "Baik.", "comments": {"SALES": "Teruskan."}, "levels": [], "total": None}
    version = session.scalars(select(Cycle.version).where(Cycle.code == "2026")).one()
    return {
        "get_review_policy": Good({"cycle_code": "2026"}),
        "replace_review_policy": Good({"cycle_code": "2026"}, headers=tag(version), body=policy),
        "list_reviews": Good({"cycle_code": "2025", "period_code": "2025-11"}),
        "get_review": Good(scored),
        "put_self_assessment": Good(begun, body={"words": "Baik.", "kpis": {"SALES": {"achievement": "95.5"}}}),
        "take_back_self_assessment": Good(assessed),
        "put_scoring": Good(assessed, headers=tag(appraisal.version), body=scoring),
        "approve_scoring": Good(scored),
        "return_scoring": Good(scored, body={"reason": "Mohon cek."}),
        "ask_colleague": Good(assessed, body={"colleague": "Otto Oktavian", "question": "Bagaimana?"}),
        "list_feedback_questions": Good(),
        "answer_feedback": Good({"feedback_id": asked.id}, body={"strengths": "Teliti."}),
        "decline_feedback": Good({"feedback_id": asked.id}),
        "propose_colleague": Good(assessed, body={"colleague": "Omar Ondang"}),
        "ask_proposed_colleague": Good({**assessed, "feedback_id": proposed.id}),
    }


_REVIEW = ("person_id", "cycle_code", "period_code")


def notice_of(session: Session, cast: Cast) -> int:
    """Something that eli was told."""
    values = {"period": "2026-01", "cycle": "2026"}
    kind = NoticeKind.ACKNOWLEDGEMENT_MISSING
    assert tell(session, cast.eli.id, kind, key="example", concerns=cast.eli.id, values=values)
    return list_notices(session, actor_of(cast.eli, TODAY)).items[0].id


def following_calls(example: Example, followed: Followed) -> dict[str, Good]:
    card = {"person_id": example.cast.eli.id, "cycle_code": "2026"}
    kpi = {**card, "kpi_code": "SALES"}
    item = {
        "gap": "Presentasi",
        "development_action": "Berlatih tiap minggu",
        "support": "",
        "due_on": "2026-09-30",
        "kpi_code": "SALES",
    }
    person = {"person_id": example.cast.eli.id}
    one = {"item_id": followed.item.id}
    bands = [{"lower": "90", "text": "Bonus", "percent": "5"}]
    return {
        "get_following": Good(card, query={"period": "2026-01"}),
        "create_cause": Good(
            kpi,
            body={"period": "2026-01", "cause": "Tunda", "corrective_action": "Kunjungi", "due_on": "2026-04-30"},
        ),
        "list_open_actions": Good(),
        "finish_action": Good({"cause_id": followed.cause.id}),
        "create_note": Good(kpi, body={"period": "2026-01", "kind": "comment", "text": "Baik"}),
        "remove_note": Good({"note_id": followed.note.id}),
        "list_team": Good(query={"cycle": "2026", "period": "2026-01"}),
        "get_development": Good(person),
        "create_development_item": Good(person, body=item),
        "replace_development_item": Good(one, headers=tag(followed.item.version), body={**item, "state": "running"}),
        "list_development_due": Good(),
        "get_incentives": Good({"cycle_code": "2026"}),
        "replace_incentives": Good(
            {"cycle_code": "2026"},
            headers=tag(example.cycle.version),
            body={"are_shown": True, "bands": bands},
        ),
    }


def entry_calls(session: Session, example: Example) -> dict[str, Good]:
    kpi = {"kpi_id": example.kpis["SALES"].id}
    mona = actor_of(example.cast.mona, TODAY)
    sent = [SentFile("erp.txt", b"31 unit")]
    [file] = add_evidence(session, mona, kpi_id=example.kpis["SALES"].id, on="2026-02", files=sent)
    return {
        "list_entries": Good(kpi),
        "list_recording": Good(query={"cycle": "2026", "period": "2026-02", "manager": "mona"}),
        "get_entry": Good({**kpi, "on": "2026-01"}),
        "put_entry": Good({**kpi, "on": "2026-03"}, body={"value": "12.5", "note": "CRM"}),
        "remove_entry": Good({**kpi, "on": "2026-02"}),
        "check_entry": Good({**kpi, "on": "2026-02"}, body={"verdict": "ok"}),
        "list_evidence": Good({**kpi, "on": "2026-02"}),
        "add_evidence": Good({**kpi, "on": "2026-02"}, body={"name": "crm.csv", "content": "YTtiCg=="}),
        "get_evidence": Good({"file_id": file.id}),
        "remove_evidence": Good({"file_id": file.id}, query={"reason": "Salah berkas"}),
    }


def plan_calls(session: Session, example: Example, draft: Any) -> dict[str, Good]:
    plan, seen = {"plan_id": draft.id}, tag(draft.version)
    objective, kpis = draft.objectives[0], kpis_of(draft)
    weights = [{"kpi_id": kpi.id, "weight": weight} for kpi, weight in zip(kpis, [25, 20, 20, 15, 10, 10], strict=True)]
    ratings = [{"kpi_id": kpis[0].id, "priority": 3, "difficulty": 3, "credibility": None}]
    return {
        "discard_plan": Good(plan, headers=seen),
        "revise_plan": Good({"plan_id": example.plan.id}, body={"starts_on": "2026-03-01", "reason": "Target baru"}),
        "list_findings": Good(plan),
        "submit_plan": Good(plan, headers=seen),
        "mark_step": Good(
            {"plan_id": example.plan.id, "step_id": give_details(session, example.plan)}, body={"is_done": True}
        ),
        "list_recommended": Good({"plan_id": example.plan.id}),
        "create_objective": Good(plan, headers=seen, body={"title": "Mutu"}),
        "replace_objective": Good({**plan, "objective_id": objective.id}, headers=seen, body={"title": "Mutu"}),
        "remove_objective": Good({**plan, "objective_id": objective.id}, headers=seen),
        "create_kpi": Good(plan, headers=seen, body={**KPI, "objective_id": objective.id}),
        "replace_kpi": Good({**plan, "kpi_id": kpis[0].id}, headers=seen, body={**KPI, "objective_id": objective.id}),
        "remove_kpi": Good({**plan, "kpi_id": kpis[0].id}, headers=seen),
        "rate_kpis": Good(plan, headers=seen, body={"kpis": ratings}),
        "choose_weighting": Good(plan, headers=seen, body={"weighting": "ranked"}),
        "set_weights": Good(plan, headers=seen, body={"kpis": weights, "reason": "Keputusan direksi"}),
        "drop_weights": Good(plan, headers=seen),
    }


def person_body(cast: Cast) -> dict[str, Any]:
    return {
        "number": "4",
        "name": "Eli Effendi Putra",
        "joined_on": "2020-01-01",
        "email": "eli@example.com",
        "left_on": None,
        "unit_id": None,
        "position_id": None,
        "manager_id": cast.mona.id,
    }


def tag(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}
