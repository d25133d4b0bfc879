"""What do tests begin with that concerns personal data as such? A request, a hold, an erasure that waits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.models import DataRequest, Erasure, LegalHold
from app.rules.vocabulary import DataRequestKind, Role
from app.services import erasure, privacy
from tests.cast import Cast, actor_of
from tests.factories import TODAY, make_person


@dataclass(frozen=True)
class Privacies:
    """Eli's request, a hold on gone's data, and the erasing of otto's cousin who left too."""

    request: DataRequest
    hold: LegalHold
    erasure: Erasure


def make_privacies(session: Session, cast: Cast, today: date = TODAY) -> Privacies:
    """Eli asks for a correction; hana keeps eli's data, and has asked that gone's be erased."""
    hana = actor_of(cast.hana, today)
    asked = privacy.ask(session, actor_of(cast.eli, today), kind=DataRequestKind.CORRECTION, text="Jabatan saya salah.")
    made = erasure.ask_erasure(session, hana, person_id=cast.gone.id, reason="Masa simpan habis.")
    held = privacy.hold(session, hana, person_id=cast.eli.id, reason="Sengketa upah.", until=None)
    return Privacies(asked, held, made)


def privacy_calls(session: Session, cast: Cast, today: date) -> dict[str, dict[str, Any]]:
    """One good call of each operation; somebody else of HR has asked for the erasing, and one more has left."""
    made = make_privacies(session, cast, today)
    second = make_person(session, "20", "Sari Sasmita", roles=(Role.HR,))
    former = make_person(session, "21", "Lama Lesmana", left_on=date(2026, 1, 15))
    made.erasure.asked_by_id = second.id
    session.flush()
    about = {"person_id": cast.eli.id, "reason": "Pemeriksaan."}
    return {
        "get_own_data": {},
        "list_looks": {},
        "list_own_data_requests": {},
        "ask_about_own_data": {"body": {"kind": "objection", "text": "Mohon ditinjau."}},
        "list_data_requests": {"query": {"is_open": True}},
        "answer_data_request": {
            "path": {"data_request_id": made.request.id},
            "body": {"is_granted": True, "answer": "Sudah diperbaiki."},
        },
        "list_holds": {},
        "set_hold": {"body": {**about, "until": "2027-01-31"}},
        "end_hold": {"path": {"hold_id": made.hold.id}},
        "list_erasures": {},
        "ask_erasure": {"body": {"person_id": former.id, "reason": "Masa simpan habis."}},
        "erase": {"path": {"erasure_id": made.erasure.id}},
        "withdraw_erasure": {"path": {"erasure_id": made.erasure.id}},
    }
