"""The pages on which a plan is agreed: proposal, answer, acceptance, approval, discussion, changes of a version."""

from decimal import Decimal
from http import HTTPStatus
from typing import Final, TypeVar

from fastapi import Depends, Request, Response

from app.errors import Conflict, Invalid
from app.i18n import mark
from app.models import Plan
from app.plan_words import CRITERIA
from app.routing import Actor, CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.faults import Fault
from app.rules.vocabulary import Action
from app.services import agreement, planning
from app.services.agreement import LONGEST_REMARK, RemarkValues
from app.services.plan_changes import difference_of
from app.services.plan_drafts import kpis_of
from app.services.plan_weights import KpiRatings
from app.services.planning import versions_of
from app.web.forms import Form, Query, SentForm
from app.web.plan_agreement import agreement_of, takes_target, topics_of
from app.web.plan_change_words import change_words
from app.web.plan_editor import change_draft, version_in
from app.web.plan_pages import plan_values, show_plan
from app.web.render import page, redirect

router = make_router()
_ACCEPT: Final = [Depends(Needs(Action.PLAN_ACCEPT))]
_APPROVE: Final = [Depends(Needs(Action.PLAN_APPROVE))]
_DISCUSS: Final = [Depends(Needs(Action.PLAN_DISCUSS))]
_READ: Final = [Depends(Needs(Action.PLAN_READ))]
_WRITE: Final = [Depends(Needs(Action.PLAN_WRITE))]
_Figure = TypeVar("_Figure", Decimal, int)


# --- The manager ------------------------------------------------------------------------------------------------------


@router.post("/plans/{plan_id}/proposal", dependencies=_WRITE)
def propose(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The plan proposed, or the editor with everything that is missing."""
    refused = change_draft(
        request,
        session,
        actor,
        plan_id=plan_id,
        form=form,
        act=lambda version: agreement.propose_plan(session, actor, plan_id=plan_id, version=version),
    )
    if refused is not None:
        return refused
    name = planning.get_plan(session, actor, plan_id=plan_id).person.name
    return redirect(
        request, f"/plans/{plan_id}", mark("The plan is proposed to %(name)s, who accepts it or answers."), name=name
    )


@router.post("/plans/{plan_id}/remarks/{remark_id}/taking", dependencies=_WRITE)
def take(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, remark_id: RowId, form: SentForm
) -> Response:
    """The figures that the employee proposed, in the plan."""
    refused = change_draft(
        request,
        session,
        actor,
        plan_id=plan_id,
        form=form,
        act=lambda version: agreement.take_proposal(
            session, actor, plan_id=plan_id, version=version, remark_id=remark_id
        ),
    )
    return refused or redirect(request, f"/plans/{plan_id}", mark("The proposed figures are taken over."))


@router.post("/plans/{plan_id}/return", dependencies=_WRITE)
def take_back(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The plan to be written on again, or the question for the reason once more."""
    plan = planning.get_plan_to_write(session, actor, plan_id=plan_id)
    reason, version = form.text("reason", limit=LONGEST_REMARK, lines=True), version_in(form)
    returned = form.attempt(
        session, lambda: agreement.return_plan(session, actor, plan_id=plan_id, version=version, reason=reason)
    )
    if returned is None:
        return show_plan(request, session, actor, plan, form=form, status=HTTPStatus.BAD_REQUEST)
    return redirect(
        request, f"/plans/{plan_id}", mark("The plan is back in draft. Change it and propose it again."), kind="info"
    )


@router.post("/plans/{plan_id}/approval", dependencies=_APPROVE)
def approve(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The plan in force."""
    planning.get_plan_for(session, actor, Action.PLAN_APPROVE, plan_id=plan_id)
    agreement.approve_plan(session, actor, plan_id=plan_id, version=version_in(form))
    return redirect(request, f"/plans/{plan_id}", mark("The plan is in force."))


# --- The employee -----------------------------------------------------------------------------------------------------


@router.post("/plans/{plan_id}/acceptance", dependencies=_ACCEPT)
def accept(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The plan accepted, if it still is what the employee read."""
    planning.get_plan_for(session, actor, Action.PLAN_ACCEPT, plan_id=plan_id)
    try:
        agreement.accept_plan(session, actor, plan_id=plan_id, version=version_in(form))
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        changed = mark("The plan has changed in the meantime. Read it again before you decide.")
        return redirect(request, f"/plans/{plan_id}", changed, kind="warning")
    return redirect(
        request, f"/plans/{plan_id}", mark("You have accepted the plan. After your manager's approval it is in force.")
    )


@router.get("/plans/{plan_id}/answer", dependencies=_ACCEPT)
def answer_page(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId) -> Response:
    """What should be different, KPI by KPI."""
    plan = planning.get_plan_for(session, actor, Action.PLAN_ACCEPT, plan_id=plan_id)
    return _answer_page(request, session, actor, plan, Form.showing(request.state.locale, version=str(plan.version)))


@router.post("/plans/{plan_id}/answer", dependencies=_ACCEPT)
def answer(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """The answer given, or the form as it was typed."""
    plan = planning.get_plan_for(session, actor, Action.PLAN_ACCEPT, plan_id=plan_id)
    version, named = version_in(form), _remarks_in(form, plan)
    try:
        answered = form.attempt(
            session,
            lambda: agreement.counter_plan(
                session, actor, plan_id=plan_id, version=version, remarks=[values for _, values in named]
            ),
        )
    except Conflict as conflict:
        if conflict.code != "stale":
            raise
        session.expire_all()
        plan = planning.get_plan(session, actor, plan_id=plan_id)
        form.put("version", str(plan.version))
        return _answer_page(request, session, actor, plan, form, HTTPStatus.CONFLICT, is_stale=True)
    if answered is None:
        form.faults = [_beside_its_field(fault, [suffix for suffix, _ in named]) for fault in form.faults]
        return _answer_page(request, session, actor, plan, form, HTTPStatus.BAD_REQUEST)
    return redirect(
        request, f"/plans/{plan_id}", mark("Your answer is given. Your manager writes the plan again and proposes it.")
    )


def _answer_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    plan: Plan,
    form: Form,
    status: int = HTTPStatus.OK,
    *,
    is_stale: bool = False,
) -> Response:
    return page(
        request,
        "planning/answer.html",
        status,
        **plan_values(request, actor, plan, form),
        agreement=agreement_of(session, actor, plan),
        takes_target=takes_target,
        is_stale=is_stale,
    )


def _remarks_in(form: Form, plan: Plan) -> list[tuple[str, RemarkValues]]:
    """What was said, each with the end of its fields' names."""
    found = []
    if text := form.text("text", limit=LONGEST_REMARK, required=False, lines=True):
        found.append(("", RemarkValues(text)))
    for kpi in kpis_of(plan):
        end = f"_{kpi.id}"
        values = RemarkValues(
            text=form.text(f"text{end}", limit=LONGEST_REMARK, required=False, lines=True),
            kpi_code=kpi.code,
            target=_other(form.number(f"target{end}", required=False), kpi.target),
            ratings=KpiRatings(
                *(
                    _other(form.whole(f"{criterion.field}{end}", required=False), getattr(kpi, criterion.field))
                    for criterion in CRITERIA
                )
            ),
        )
        if values.text or values.has_figures:
            found.append((end, values))
    return found


def _other(given: _Figure | None, present: _Figure | None) -> _Figure | None:
    """What was proposed, unless it is what stands there already."""
    return None if given == present else given


def _beside_its_field(fault: Fault, ends: list[str]) -> Fault:
    """A fault of the n-th remark, at the field in which that remark was typed."""
    if not fault.at.startswith("remarks["):
        return Fault("text", fault.code, fault.values) if fault.at == "remarks" else fault
    number, _, name = fault.at.removeprefix("remarks[").partition("].")
    return Fault(f"{name}{ends[int(number)]}", fault.code, fault.values)


# --- The discussion ---------------------------------------------------------------------------------------------------


@router.get("/plans/{plan_id}/discussion", dependencies=_READ)
def discussion_page(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, query: Query
) -> Response:
    """Everything that was said about the employee's plans of the cycle, by topic."""
    plan = planning.get_plan(session, actor, plan_id=plan_id)
    return _discussion_page(
        request, session, actor, plan, Form.showing(request.state.locale, about=query.text("about", required=False))
    )


@router.post("/plans/{plan_id}/remarks", dependencies=_DISCUSS)
def remark(request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, form: SentForm) -> Response:
    """One more remark, or the form as it was typed."""
    plan = planning.get_plan_for(session, actor, Action.PLAN_DISCUSS, plan_id=plan_id)
    topics = {topic.key for topic in topics_of(plan, agreement_of(session, actor, plan), form.locale)}
    about = form.one_of("about", topics, required=False)
    text = form.text("text", limit=LONGEST_REMARK, lines=True)
    kind, _, what = about.partition(":")
    values = RemarkValues(
        text,
        kpi_code=what if kind == "kpi" else "",
        objective_number=int(what) if kind == "objective" else None,
    )
    if form.attempt(session, lambda: agreement.add_remark(session, actor, plan_id=plan_id, values=values)) is None:
        return _discussion_page(request, session, actor, plan, form, HTTPStatus.BAD_REQUEST)
    return redirect(request, f"/plans/{plan_id}/discussion#{anchor(about)}")


def _discussion_page(
    request: Request, session: DbSession, actor: Actor, plan: Plan, form: Form, status: int = HTTPStatus.OK
) -> Response:
    found = agreement_of(session, actor, plan)
    return page(
        request,
        "planning/discussion.html",
        status,
        **plan_values(request, actor, plan, form),
        agreement=found,
        topics=topics_of(plan, found, request.state.locale),
        anchor=anchor,
    )


def anchor(key: str) -> str:
    """The place of a topic on its page."""
    return "about-" + (key.replace(":", "-") or "plan")


# --- What a version changes -------------------------------------------------------------------------------------------


@router.get("/plans/{plan_id}/difference", dependencies=_READ)
def difference_page(
    request: Request, session: DbSession, actor: CurrentActor, plan_id: RowId, query: Query
) -> Response:
    """A version beside another one, at first beside the one before it."""
    number = query.whole("from", required=False, minimum=1, maximum=10**6)
    if not query.is_valid:
        raise Invalid(query.faults)
    found = difference_of(session, actor, plan_id=plan_id, version_number=number)
    return page(
        request,
        "planning/difference.html",
        **plan_values(request, actor, found.after),
        before=found.before,
        is_same=found.difference.is_nothing,
        changes=change_words(found, request.state.locale),
        versions=versions_of(session, actor, person_id=found.after.person_id, cycle_id=found.after.cycle_id),
    )
