"""The part of a person's page on which a second person is named, where nobody else could decide."""

from typing import Final

from fastapi import Depends, Request, Response

from app.i18n import mark
from app.routing import CurrentActor, DbSession, Needs, RowId, make_router
from app.rules.vocabulary import Action
from app.services import second_people
from app.services.released import LONGEST_WORDS
from app.services.second_people import SecondValues
from app.web.forms import SentForm
from app.web.people import show_profile
from app.web.render import redirect

router = make_router()
_NAME: Final = [Depends(Needs(Action.SECOND_NAME))]


@router.post("/people/{person_id}/second-people", dependencies=_NAME)
def name(request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, form: SentForm) -> Response:
    """Somebody named, or the person's page with what is wrong."""
    second_people.check_may_name(session, actor, person_id=person_id)
    who, ends_on = form.text("who"), form.date("ends_on")
    reason = form.text("reason", limit=LONGEST_WORDS, lines=True)
    made = None
    if form.is_valid and ends_on is not None:
        values = SecondValues(who, ends_on, reason)
        made = form.attempt(
            session, lambda: second_people.name_second(session, actor, person_id=person_id, values=values)
        )
    if made is None:
        return show_profile(request, session, actor, person_id, second_form=form)
    return redirect(request, f"/people/{person_id}", mark("The second person is named."))


@router.post("/people/{person_id}/second-people/{second_id}/end", dependencies=_NAME)
def end(
    request: Request, session: DbSession, actor: CurrentActor, person_id: RowId, second_id: RowId, _form: SentForm
) -> Response:
    """The naming taken back."""
    second_people.end_second(session, actor, person_id=person_id, second_id=second_id)
    return redirect(request, f"/people/{person_id}", mark("Nobody decides by name any more."))
