"""What do tests hold in their hands? A clock that stands still, and browsers."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.models import Person
from tests.factories import NOW


class Clock:
    """The time of a test: it stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def advance(self, **span: float) -> None:
        """Let time pass: `clock.advance(minutes=31)`."""
        self.now += timedelta(**span)

    def set_day(self, day: date) -> None:
        """Go to the morning of a day in Jakarta."""
        self.now = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


class Browser(TestClient):
    """Somebody's browser: keeps cookies, follows no redirect, and fails the test at an answer that nobody foresaw."""

    csrf = ""
    may_fail = False

    def request(self, *arguments: Any, **options: Any) -> Any:
        response = super().request(*arguments, **options)
        if response.status_code == 500 and not self.may_fail:
            pytest.fail("the service answered 500; the log says why")
        return response

    def submit(self, path: str, fields: Mapping[str, Any] | None = None, **options: Any) -> Any:
        """Send a form as one of our own pages would, with its token."""
        data = {**(fields or {}), "csrf": self.csrf}
        headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
        return self.post(path, data=data, headers=headers, **options)


SignIn = Callable[[Person], Browser]
