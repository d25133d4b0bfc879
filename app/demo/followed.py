"""What is said and agreed between two results in the demo: causes, notes, development plans."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.demo.calendar import YEAR, Calendar
from app.demo.cases import Cast
from app.models import Cycle
from app.rules.vocabulary import DevelopmentState, NoteKind
from app.services.causes import CauseValues, KpiAt, finish_action, record_cause
from app.services.development import ItemValues, change_item, enter_item
from app.services.following import KpiFollowing
from app.services.notes import NoteValues, write_note
from app.services.team import TeamFilter, TeamRow, list_team

_PEOPLE: Final = 8
"""Of the manager's team, about whom something is said."""
_REASONS: Final = (
    ("Dua pelanggan besar menunda pesanan ke kuartal berikutnya.", "Kunjungi keduanya dan sepakati jadwal kirim baru."),
    (
        "Data prospek terlambat masuk.",
        "Isi prospek setiap Jumat; atasan meninjau Senin.",
    ),
    ("Pemasok utama menaikkan harga bahan.", "Minta penawaran dari dua pemasok lain sebelum akhir bulan."),
)
_PRAISE: Final = (
    "Presentasi kepada pelanggan baru sangat rapi. Terima kasih!",
    "Serah terima pekerjaan berjalan tanpa satu pun keluhan.",
)
_ANSWER: Final = "Terima kasih. Bulan depan saya lanjutkan dengan dua pelanggan lagi."
_ITEMS: Final = (
    ItemValues("Negosiasi harga", "Pelatihan dua hari, lalu mendampingi dua negosiasi", "Biaya pelatihan", None),
    ItemValues("Analisis data penjualan", "Kursus dan satu laporan tiap bulan", "Dua jam tiap minggu", None),
    ItemValues("Presentasi", "Memimpin tiga rapat pelanggan", "Umpan balik atasan setelah rapat", None),
)


def follow_team(session: Session, cycle: Cycle, calendar: Calendar, cast: Cast) -> None:
    """What the manager and the team say about the last month with figures."""
    period = next(period for period in cycle.periods if period.code == calendar.period)
    with clock.stopped_at(calendar.now):
        manager = Actor(cast.manager.id, frozenset(), calendar.now.date())
        wanted = TeamFilter(manager_id=cast.manager.id)
        rows = [row for row in list_team(session, manager, cycle, period, wanted, limit=_PEOPLE).items if row.following]
        for number, row in enumerate(rows):
            _say(session, manager, row, calendar, number)


def _say(session: Session, manager: Actor, row: TeamRow, calendar: Calendar, number: int) -> None:
    if row.following is None:
        return
    employee = Actor(row.person.id, frozenset(), manager.today)
    behind = [each for each in row.following.kpis if each.is_behind]
    # One of them is left without a cause, so that the page asks for it
    for each in behind[:1] if number % 3 else behind[1:2]:
        cause, action = _REASONS[number % len(_REASONS)]
        due_on = manager.today + timedelta(days=7 * (number % 4))
        made = record_cause(session, manager, at=_at(row, each, calendar), values=CauseValues(cause, action, due_on))
        if number % 4 == 1:
            finish_action(session, employee, cause_id=made.id)
    if number % 2 == 0:
        best = max(row.following.kpis, key=lambda each: each.kpi.achievement or Decimal(0))
        at = _at(row, best, calendar)
        praise = NoteValues(NoteKind.RECOGNITION, _PRAISE[number // 2 % len(_PRAISE)])
        write_note(session, manager, at=at, values=praise)
        write_note(session, employee, at=at, values=NoteValues(NoteKind.COMMENT, _ANSWER))
    _develop(session, manager, employee, number)


def _develop(session: Session, manager: Actor, employee: Actor, number: int) -> None:
    values = _ITEMS[number % len(_ITEMS)]
    due_on = manager.today + timedelta(days=30 * (1 + number % 3))
    entered = ItemValues(values.gap, values.development_action, values.support, due_on)
    item = enter_item(session, employee, person_id=employee.person_id, values=entered)
    if number % 2:
        state = DevelopmentState.DONE if number % 4 == 3 else DevelopmentState.RUNNING  # noqa: PLR2004 - every fourth
        moved = ItemValues(values.gap, values.development_action, values.support, due_on, state)
        change_item(session, manager, item_id=item.id, version=item.version, values=moved)


def _at(row: TeamRow, each: KpiFollowing, calendar: Calendar) -> KpiAt:
    return KpiAt(row.person.id, str(YEAR), calendar.period, each.kpi.code)
