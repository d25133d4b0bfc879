"""The page on which many plans are made in one step: choose, look at what would come of it, make them."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response

from app.errors import Invalid
from app.i18n import Locale, mark
from app.models import Cycle, Kpi
from app.plan_words import value_before
from app.routing import Actor, CurrentActor, DbSession, Needs, make_router
from app.rules.carry_over import DIGITS, MOST_PERCENT, Kept, Meaning, Targets, Terms
from app.rules.vocabulary import Action, CycleState
from app.services.bulk_preview import Sample, preview
from app.services.plan_bulk import (
    BulkWish,
    Outcome,
    check_may_write,
    count_of,
    cycle_to_carry_from,
    make_plans,
    places_to_choose,
    source_plans,
)
from app.services.plan_kpis import LONGEST_TITLE
from app.services.plan_lists import cycles_of_plans
from app.web.forms import Form, Query, SentForm
from app.web.render import page, redirect

router = make_router()
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
SAMPLES: Final = 5
"""Plans whose targets are shown in full."""
LISTED: Final = 500
"""People who are listed by name, each of whom can be left out."""
OFFERED: Final = 300
"""Plans that are offered to begin with."""
_EACH_OWN: Final = "cycle-"
_TITLE: Final = "title_"

OUTCOMES: Final = {
    Outcome.GETS_PLAN: mark("Get a draft"),
    Outcome.HAS_PLAN: mark("Have a plan already: it stays as it is"),
    Outcome.NO_SOURCE: mark("Had no plan in force in that cycle"),
    Outcome.NOT_EMPLOYED: mark("Not employed in this cycle"),
    Outcome.OWN: mark("You yourself: nobody writes their own plan"),
    Outcome.LEFT_OUT: mark("Left out by you"),
}
KEPT: Final = {
    Kept.NO_TARGET: mark("no single target (milestones, levels, yes or no, curves, steps), or none set yet"),
    Kept.NO_DIRECTION: mark("exact targets and ranges, which are neither harder nor easier when they move"),
    Kept.AT_MAXIMUM: mark("more than the target is not possible"),
    Kept.NO_CHANGE: mark("no change was asked for"),
}


@router.get("/plans/bulk", dependencies=_WRITE)
def bulk_page(request: Request, session: DbSession, actor: CurrentActor, query: Query) -> Response:
    """What can be chosen and, once that is done, what would come of it."""
    check_may_write(session, actor)
    form = query if query.value("shown") else _as_it_starts(request, session, actor, query)
    if not query.value("shown"):
        return _show(request, session, actor, form)
    return _show(request, session, actor, form, wish=_wish(session, actor, form))


@router.post("/plans/bulk", dependencies=_WRITE)
def make(request: Request, session: DbSession, actor: CurrentActor, form: SentForm) -> Response:
    """A draft for everybody who gets one."""
    check_may_write(session, actor)
    wish = _wish(session, actor, form)
    made = form.attempt(session, lambda: make_plans(session, actor, wish)) if wish else None
    if made is None or wish is None:
        return _show(request, session, actor, form)
    count = count_of(made)[Outcome.GETS_PLAN]
    cycle = next(each for each in cycles_of_plans(session, actor) if each.id == wish.cycle_id)
    path = "/plans?" + urlencode({"cycle": cycle.code, "only": "draft"})
    if not count:
        return redirect(request, path, mark("Everybody has a plan already; nothing was made."), kind="info")
    return redirect(request, path, mark("Drafts made: %(count)s. Adapt them where that is needed."), count=str(count))


def _as_it_starts(request: Request, session: DbSession, actor: Actor, query: Form) -> Form:
    """The latest cycle, with each one's own plan of the one before where there is one; a link may say otherwise."""
    known = _cycles(session, actor)
    code = query.value("cycle")
    cycle = next((each for each in known if each.code == code), known[0] if known else None)
    earlier = [each for each in cycles_of_plans(session, actor) if cycle and each.ends_on < cycle.starts_on]
    begin = f"plan-{query.value('source')}" if query.value("source") else ""
    return Form.showing(
        request.state.locale,
        cycle=cycle.code if cycle else "",
        begin=begin or (f"{_EACH_OWN}{earlier[0].code}" if earlier else ""),
        unit=query.value("unit"),
        position=query.value("position"),
        percent=0,
        meaning=Meaning.HARDER.value,
        actuals=True,
        years=True,
    )


def _cycles(session: DbSession, actor: Actor) -> list[Cycle]:
    return [cycle for cycle in cycles_of_plans(session, actor) if cycle.state is not CycleState.CLOSED]


def _wish(session: DbSession, actor: Actor, form: Form) -> BulkWish | None:
    """What was chosen; none where something of it cannot be read."""
    open_cycles = {cycle.code: cycle.id for cycle in _cycles(session, actor)}
    begins = dict(_begins(session, actor))
    if form.value("begin").startswith("plan-"):  # a link from a plan that the list had no room for
        begins.setdefault(form.value("begin"), "")
    places = places_to_choose(session, actor)
    cycle, begin = form.one_of("cycle", open_cycles), form.one_of("begin", begins)
    unit = form.one_of("unit", [str(unit_id) for unit_id, _ in places.units], required=False)
    position = form.one_of("position", [str(position_id) for position_id, _ in places.positions], required=False)
    percent = form.number("percent", required=False, minimum=-MOST_PERCENT, maximum=MOST_PERCENT)
    meaning = form.choice("meaning", Meaning, required=False) or Meaning.HARDER
    digits = form.one_of("digits", [str(each) for each in DIGITS], required=False)
    if not form.is_valid:
        return None
    kind, _, key = begin.partition("-")
    source_cycle = next(
        (each for each in cycles_of_plans(session, actor) if kind == "cycle" and each.code == key), None
    )
    return BulkWish(
        cycle_id=open_cycles[cycle],
        source_plan_id=_id(key) if kind == "plan" else None,
        source_cycle_id=source_cycle.id if source_cycle else None,
        unit_id=_id(unit),
        position_id=_id(position),
        left_out=frozenset(found for each in form.values("left_out") if (found := _id(each)) is not None),
        terms=Terms(percent or Terms().percent, meaning, int(digits) if digits else None),
        with_actuals=form.checked("actuals"),
        renews_years=form.checked("years"),
    )


def _id(text: str) -> int | None:
    """The id that a field holds; what is none belongs to nobody."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - digits of an id


def _begins(session: DbSession, actor: Actor) -> list[tuple[str, str]]:
    """With what plans can begin: each one's own plan of a cycle, or one plan for all."""
    own = [(f"{_EACH_OWN}{cycle.code}", cycle.name) for cycle in cycles_of_plans(session, actor)]
    plans = source_plans(session, actor, limit=OFFERED)
    return [*own, *((f"plan-{plan.id}", "") for plan in plans)]


def _show(request: Request, session: DbSession, actor: Actor, form: Form, *, wish: BulkWish | None = None) -> Response:
    seen = None
    if wish is not None:
        try:
            seen = preview(session, actor, wish, samples=SAMPLES)
        except Invalid as refused:
            form.take(refused)
    known = cycles_of_plans(session, actor)
    locale: Locale = request.state.locale
    return page(
        request,
        "planning/bulk.html",
        HTTPStatus.OK if form.is_valid else HTTPStatus.BAD_REQUEST,
        form=form,
        cycles=_cycles(session, actor),
        known=known,
        plans=source_plans(session, actor, limit=OFFERED),
        seats=places_to_choose(session, actor),
        wish=wish,
        seen=seen,
        cycle=next((each for each in known if wish and each.id == wish.cycle_id), None),
        source_cycle=next((each for each in known if wish and each.id == wish.source_cycle_id), None),
        outcomes=OUTCOMES,
        kept_words=KEPT,
        digits=DIGITS,
        most=MOST_PERCENT,
        listed=LISTED,
        said=lambda kpi, targets: target_text(kpi, targets, locale),
        before=lambda number, kpi: value_before(number, kpi, locale),
    )


def carried_from(session: DbSession, actor: Actor, *, person_id: int, cycle_id: int) -> dict[str, Any]:
    """What the page on which a plan begins shows of the person's own plan of an earlier cycle."""
    cycle = cycle_to_carry_from(session, actor, person_id=person_id, cycle_id=cycle_id)
    if cycle is None:
        return {"carry_cycle": None, "carried": None}
    wish = BulkWish(
        cycle_id,
        source_cycle_id=cycle.id,
        person_ids=frozenset({person_id}),
        with_actuals=True,
        renews_years=True,
    )
    samples = preview(session, actor, wish, samples=1).samples
    return {
        "before": value_before,
        "carry_cycle": cycle,
        "carried": samples[0] if samples else None,
        "said": target_text,
    }


def as_it_starts(carried: Sample | None) -> dict[str, object]:
    """The fields of the form by which one's own plan is carried over: the titles that are offered."""
    return {f"{_TITLE}{objective.id}": title for objective, title in carried.titles} if carried else {}


def carry_wish(form: Form, cycle_id: int) -> BulkWish | None:
    """What was chosen for one person's plan of an earlier cycle; none where something of it cannot be read."""
    source_id = form.whole("source_cycle_id")
    percent = form.number("percent", required=False, minimum=-MOST_PERCENT, maximum=MOST_PERCENT)
    meaning = form.choice("meaning", Meaning, required=False) or Meaning.HARDER
    titles = {
        objective_id: form.text(name, limit=LONGEST_TITLE)
        for name in form.names
        if name.startswith(_TITLE) and (objective_id := _id(name.removeprefix(_TITLE))) is not None
    }
    if not form.is_valid or source_id is None:
        return None
    return BulkWish(
        cycle_id,
        source_cycle_id=source_id,
        terms=Terms(percent or Terms().percent, meaning),
        with_actuals=form.checked("actuals"),
        titles=titles,
    )


def target_text(kpi: Kpi, targets: Targets, locale: Locale) -> str:
    """A target or range with its unit; a dash where there is none."""
    if targets.target is not None:
        return locale.measure(targets.target, kpi.unit_of_measure)
    if targets.low is not None and targets.high is not None:
        return f"{locale.number(targets.low)}\u2013{locale.measure(targets.high, kpi.unit_of_measure)}"
    return "\u2013"
