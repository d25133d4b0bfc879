"""What do tests of the API hold in their hands? Programs with a token each."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.models import Account, ApiToken, Person
from app.security import new_token, token_hash
from tests.cards import Example, make_example
from tests.cast import Cast
from tests.factories import NOW
from tests.tools import Browser


class Program(Browser):
    """Another system that calls the API with somebody's token."""

    def request(self, method: str, url: Any, **options: Any) -> Any:
        if isinstance(url, str) and not url.startswith(("/api", "http")):
            url = f"/api/v1{url}"
        return super().request(method, url, **options)


AsProgram = Callable[[Person], Program]


@pytest.fixture
def program(app: FastAPI, session: Session) -> AsProgram:
    """A program with a token of somebody: `program(cast.hana).get("/people")`; it reads English."""

    def with_token(person: Person) -> Program:
        account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
        secret = f"kinerja_{new_token()}"
        token = ApiToken(account_id=account.id, name="test", token_hash=token_hash(secret), created_at=NOW, used_at=NOW)
        session.add(token)
        session.flush()
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
        return Program(app, headers=headers, follow_redirects=False)

    return with_token


@pytest.fixture
def anonymous(app: FastAPI) -> Program:
    """A program without a token."""
    return Program(app, headers={"Accept-Language": "en"}, follow_redirects=False)


@pytest.fixture
def example(session: Session, cast: Cast) -> Example:
    """The worked example of eli with the figures of January."""
    made = make_example(session, cast)
    made.record_january(session)
    return made


class QueryCount:
    """How many statements were sent to the database since it was asked last."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, *_arguments: Any) -> None:
        self.count += 1

    def of(self, act: Callable[[], Any]) -> int:
        """The statements that an act needs."""
        before = self.count
        act()
        return self.count - before


@pytest.fixture
def queries(connection: Any) -> Any:
    counter = QueryCount()
    event.listen(connection, "before_cursor_execute", counter.note)
    yield counter
    event.remove(connection, "before_cursor_execute", counter.note)
