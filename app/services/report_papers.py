"""What do calibration and completeness look like on paper? The same values as on their pages, as of a moment."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.documents.papers import paper_page
from app.errors import NotFound
from app.i18n import Locale, mark
from app.models import Cycle, Period, Person, Unit
from app.rules.vocabulary import Language
from app.services import audit, branding, calibration, reports, units
from app.services.organisation import settings_of
from app.services.papers import Paper
from app.services.reports import Progress

MOST: Final = 400
"""People who are listed with what is missing; a longer list nobody reads on paper."""


def calibration_paper(
    session: Session, actor: Actor, cycle: Cycle, period: Period, *, unit_id: int | None, language: Language
) -> Paper:
    """Distribution, raters, units, moves with reason and author, and every result that is not published yet."""
    view = calibration.calibration_view(session, actor, cycle, period, unit_id=unit_id, sort="unit")
    unit = next((each for each in units.units_in_view(session, actor) if each.id == unit_id), None)
    if unit_id is not None and unit is None:
        raise NotFound
    names = calibration.grade_names(cycle, language)
    values = {
        "view": view,
        "chart": calibration.columns_of(view, names),
        "grades": names,
        "unit": unit.name if unit else "",
    }
    return _paper(session, actor, (cycle, period), language, ("calibration", mark("Calibration")), values)


def completeness_paper(session: Session, actor: Actor, cycle: Cycle, period: Period, *, language: Language) -> Paper:
    """Progress by unit and by manager, and of whom what is missing."""
    is_over = period.ends_on < actor.today
    locale = Locale(language)
    lacking = reports.list_lacking(session, actor, period, is_over=is_over, limit=MOST)
    values = {
        "whole": reports.progress_of(session, actor, period),
        "units": _named(
            [(row.unit, row.progress) for row in reports.progress_by_unit(session, actor, period)],
            locale.text(mark("Without a unit")),
        ),
        "managers": _named(
            [(row.manager, row.progress) for row in reports.progress_by_manager(session, actor, period)],
            locale.text(mark("Without a manager")),
        ),
        "lacking": lacking,
        "by_unit": [(unit, list(rows)) for unit, rows in groupby(lacking.items, key=lambda row: row.unit)],
        "is_over": is_over,
    }
    return _paper(session, actor, (cycle, period), language, ("completeness", mark("Completeness")), values)


def _named(rows: Sequence[tuple[Unit | Person | None, Progress]], nobody: str) -> list[tuple[str, Progress]]:
    return [(each.name if each else nobody, progress) for each, progress in rows]


def _paper(
    session: Session,
    actor: Actor,
    where: tuple[Cycle, Period],
    language: Language,
    kind: tuple[str, str],
    values: dict[str, Any],
) -> Paper:
    (cycle, period), (name, msgid), settings, now = where, kind, settings_of(session), clock.now()
    locale = Locale(language, settings.time_zone)
    title = locale.text(msgid)
    page = paper_page(
        f"pdf/{name}.html",
        locale,
        title=f"{title} – {locale.period(period.code)} – {cycle.name}",
        organisation=settings.organisation_name,
        branding=branding.in_force(session),
        made_at=now,
        printed_at=now,
        printed_by=session.get_one(Person, actor.person_id).name,
        cycle=cycle,
        period=period,
        **values,
    )
    return Paper(
        page=page,
        file_name=f"{title}_{period.code}.pdf",
        act=audit.Act(
            "report.downloaded",
            ("period", period.id),
            details={"name": name, "cycle": cycle.code, "period": period.code, "language": language.value},
        ),
    )
