"""Can people get, use and keep their accounts, and nobody else's?"""

from tests.cast import Cast
from tests.tools import Browser, SignIn


def test_tmp(cast: Cast, as_: SignIn, client: Browser):
    assert client.get("/account").headers["location"] == "/sign-in?next=/account"
    r = as_(cast.hana).get("/account")
    assert r.status_code == 200
    assert "Hana Hartati" in r.text
