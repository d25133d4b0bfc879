"""The pages of cycles: the list, opening one, its periods, its policy and grade scale."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid
from app.i18n import Locale, mark
from app.models import Cycle
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.numbers import plain
from app.rules.policy import STEPS
from app.rules.vocabulary import Action, Frequency, Missing
from app.services import closing, cycles
from app.services.cycles import FIVE_GRADES, LETTER_GRADES, MAX_GRADES, CycleValues, GradeValues, PolicyValues
from app.services.gaps import Gap
from app.services.review_policy import ReviewAt
from app.web.forms import Form, SentForm
from app.web.render import page, redirect

router = make_router()
_READ: Final = [Depends(Needs(Action.CYCLE_READ))]
_WRITE: Final = [Depends(Needs(Action.CYCLE_WRITE))]
MOST_GAPS: Final = 100
"""People with gaps that a page names; the rest is counted."""
PRESETS: Final = {"five": FIVE_GRADES, "letters": LETTER_GRADES}
_NUMBERS: Final = tuple(each.name for each in fields(PolicyValues) if each.type is Decimal)


# --- List -------------------------------------------------------------------------------------------------------------


@router.get("/cycles", dependencies=_READ)
def list_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """All cycles."""
    return page(
        request,
        "cycles/list.html",
        cycles=cycles.list_cycles(session, actor),
        current=cycles.current_cycle(session, actor.today),
        is_hr=actor.is_hr,
        kind_of=cycles.period_kind_of,
    )


# --- Opening, one cycle -----------------------------------------------------------------------------------------------


@router.get("/cycles/new", dependencies=_WRITE)
def new_page(request: Request, session: DbSession, actor: CurrentActor) -> Response:
    """The form for a cycle, set for the calendar year that is next to be planned."""
    cycles.check_may_write(session, actor)
    latest = next(iter(cycles.list_cycles(session, actor)), None)
    year = max(actor.today.year, latest.ends_on.year + 1) if latest else actor.today.year
    values = cycles.values_of(latest) if latest else PolicyValues()
    form = _shown(
        request.state.locale,
        values,
        code=str(year),
        name=request.state.locale.text(mark("Performance year %(year)s"), year=year),
        starts_on=actor.today.replace(year=year, month=1, day=1),
        ends_on=actor.today.replace(year=year, month=12, day=31),
        review_at=str(ReviewAt.LAST),
        period_kind=str(cycles.period_kind_of(latest) if latest else Frequency.MONTHLY),
    )
    return _form_page(request, form)


@router.post("/cycles", dependencies=_WRITE)
def open_cycle(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """A cycle opened, or the form again."""
    cycles.check_may_write(session, actor)
    if preset := form.value("preset"):
        return _with_preset(request, form, preset)
    values = _cycle_values(form, actor)
    cycle = form.attempt(session, lambda: cycles.open_cycle(session, actor, values=values))
    if cycle is None:
        return _form_page(request, form)
    return redirect(request, f"/cycles/{cycle.id}", mark("%(name)s is open."), name=cycle.name)


def _cycle_values(form: Form, actor: Actor) -> CycleValues:
    return CycleValues(
        code=form.text("code", limit=40),
        name=form.text("name"),
        starts_on=form.date("starts_on") or actor.today,
        ends_on=form.date("ends_on") or actor.today,
        period_kind=form.choice("period_kind", Frequency) or Frequency.MONTHLY,
        policy=_policy_values(form),
        review_at=form.choice("review_at", ReviewAt, required=False) or ReviewAt.LAST,
    )


@router.get("/cycles/{cycle_id}", dependencies=_READ)
def detail_page(request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId) -> Response:
    """One cycle with its periods and its policy."""
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    return page(
        request,
        "cycles/detail.html",
        cycle=cycle,
        is_frozen=cycles.is_policy_frozen(session, cycle),
        is_hr=actor.is_hr,
        left=closing.unsettled(session, actor, cycle_id=cycle_id) if actor.is_hr else None,
        kind=cycles.period_kind_of(cycle),
        short=_short,
    )


@router.post("/cycles/{cycle_id}/state", dependencies=_WRITE)
def change_state(
    request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, form: SentForm
) -> Response:
    """Close the cycle with its appraisals, or use it again."""
    cycles.check_may_write(session, actor)
    cycles.get_cycle(session, actor, cycle_id=cycle_id)
    version, state = form.whole("version", minimum=1), form.one_of("state", ["closed", "open"])
    if version is None or not state:
        raise Conflict("stale")
    if state == "closed":
        closing.close_cycle(session, actor, cycle_id=cycle_id, version=version)
        return redirect(request, f"/cycles/{cycle_id}", mark("The cycle is closed."))
    closing.reopen_cycle(session, actor, cycle_id=cycle_id, version=version)
    return redirect(request, f"/cycles/{cycle_id}", mark("The cycle is open again."))


# --- Policy -----------------------------------------------------------------------------------------------------------


@router.get("/cycles/{cycle_id}/policy", dependencies=_WRITE)
def policy_page(request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId) -> Response:
    """The form with the policy in force."""
    cycles.check_may_write(session, actor)
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    cycles.check_policy_open(session, cycle)
    form = _shown(request.state.locale, cycles.values_of(cycle), version=str(cycle.version))
    return _form_page(request, form, cycle)


@router.post("/cycles/{cycle_id}/policy", dependencies=_WRITE)
def change_policy(
    request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, form: SentForm
) -> Response:
    """The policy changed, or the form again."""
    cycles.check_may_write(session, actor)
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    if preset := form.value("preset"):
        return _with_preset(request, form, preset, cycle)
    values, version = _policy_values(form), form.whole("version", minimum=1) or 0
    changed = form.attempt(
        session,
        lambda: cycles.change_policy(session, actor, cycle_id=cycle_id, version=version, values=values),
    )
    if changed is None:
        return _form_page(request, form, cycle)
    return redirect(request, f"/cycles/{cycle_id}", mark("The policy is changed."))


def _with_preset(request: Request, form: Form, preset: str, cycle: Cycle | None = None) -> Response:
    """The form as it was typed, with another scale of grades to start from."""
    typed: dict[str, Any] = {name: form.value(name) for name in form.names if not name.startswith(("grade_", "preset"))}
    typed |= _grade_fields(PRESETS.get(preset, FIVE_GRADES))
    return _form_page(request, Form.showing(request.state.locale, **typed), cycle)


def _policy_values(form: Form) -> PolicyValues:
    numbers = {name: form.number(name) or Decimal(0) for name in _NUMBERS}
    missing = form.choice("missing", Missing) or Missing.EXCLUDE
    days = form.whole("entry_grace_days", minimum=0, maximum=cycles.LONGEST_GRACE) or 0
    return PolicyValues(
        **numbers,
        missing=missing,
        grades=_grades(form),
        asks_agreement=form.checked("asks_agreement"),
        entry_grace_days=days,
    )


def _grades(form: Form) -> list[GradeValues]:
    """The rows of the grade scale in which something is written."""
    grades = []
    for row in _filled_rows(form):
        lower, code, name_en, name_id = _names(row)
        bound = form.number(lower, minimum=0, maximum=cycles.MAX_SCORE) or Decimal(0)
        words = form.text(code, limit=40), form.text(name_en, limit=100), form.text(name_id, limit=100)
        grades.append(GradeValues(bound, *words))
    return grades


def _filled_rows(form: Form) -> list[int]:
    return [row for row in range(MAX_GRADES) if any(form.value(name).strip() for name in _names(row))]


def _at_rows(form: Form) -> None:
    """Put faults that the service found in the n-th grade beside the row in which that grade was typed."""
    names = {
        f"grades[{place}].{part}": f"grade_{row}_{part}"
        for place, row in enumerate(_filled_rows(form))
        for part in ("lower", "code", "name_en", "name_id")
    }
    form.faults = [replace(fault, at=names.get(fault.at, fault.at)) for fault in form.faults]


def _names(row: int) -> tuple[str, str, str, str]:
    """The fields of a row of the grade scale."""
    return f"grade_{row}_lower", f"grade_{row}_code", f"grade_{row}_name_en", f"grade_{row}_name_id"


def _shown(locale: Locale, values: PolicyValues, **others: Any) -> Form:
    """The form as it starts from a policy."""
    numbers = {name: _short(getattr(values, name)) for name in _NUMBERS}
    choices = {
        "missing": values.missing.value,
        "asks_agreement": values.asks_agreement,
        "entry_grace_days": str(values.entry_grace_days),
    }
    return Form.showing(locale, **others, **numbers, **choices, **_grade_fields(values.grades))


def _grade_fields(grades: Sequence[GradeValues]) -> dict[str, object]:
    shown: dict[str, object] = {}
    for row, grade in enumerate(grades):
        values = _short(grade.lower), grade.code, grade.name_en, grade.name_id
        shown.update(zip(_names(row), values, strict=True))
    return shown


def _short(number: Decimal) -> Decimal:
    """The number without zeros behind the point."""
    return Decimal(plain(number))


def _steps(locale: Locale) -> list[str]:
    return [locale.number(Decimal(step.numerator) / step.denominator) for step in STEPS]


def _form_page(request: Request, form: Form, cycle: Cycle | None = None) -> Response:
    _at_rows(form)
    filled = _filled_rows(form)
    return page(
        request,
        "cycles/form.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        cycle=cycle,
        form=form,
        grade_rows=range(min(MAX_GRADES, max(filled, default=-1) + 3)),
        steps=[
            (text, text) for text in (form.locale.number(Decimal(step.numerator) / step.denominator) for step in STEPS)
        ],
    )


# --- Periods ----------------------------------------------------------------------------------------------------------


@router.get("/cycles/{cycle_id}/periods/{code}", dependencies=_READ)
def period_page(request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, code: str) -> Response:
    """One period: what is still missing, and closing or reopening it."""
    cycle = cycles.get_cycle(session, actor, cycle_id=cycle_id)
    period = cycles.period_of(cycle, code)
    gaps = cycles.list_gaps(session, actor, period=period)
    people = [(name, number, list(found)) for (name, number), found in groupby(gaps, key=_person_of)]
    return page(
        request,
        "cycles/period.html",
        cycle=cycle,
        is_hr=actor.is_hr,
        is_over=actor.today >= period.ends_on,
        missing=sum(len(gap.missing) for gap in gaps),
        more=max(0, len(people) - MOST_GAPS),
        people=people[:MOST_GAPS],
        period=period,
    )


def _person_of(gap: Gap) -> tuple[str, str]:
    return gap.person_name, gap.person_number


@router.post("/cycles/{cycle_id}/periods/{code}", dependencies=_WRITE)
def set_period(
    request: Request, session: DbSession, actor: CurrentActor, cycle_id: RowId, code: str, form: SentForm
) -> Response:
    """The period closed or reopened."""
    acts: dict[str, tuple[Callable[..., Any], str]] = {
        "closed": (cycles.close_period, mark("The period is closed.")),
        "open": (cycles.reopen_period, mark("The period is open again.")),
    }
    state = form.one_of("state", list(acts))
    if not form.is_valid:
        raise Invalid(form.faults)
    act, flash = acts[state]
    act(session, actor, cycle_id=cycle_id, period_code=code)
    return redirect(request, f"/cycles/{cycle_id}", flash)
