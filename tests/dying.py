"""What does a service do that is killed while it publishes? Run as a program of its own: `python -m tests.dying`."""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import clock
from app.database import make_engine
from app.main import create_app
from app.services import appraisals, scorecard_lists, telling
from app.settings import Settings
from app.web import appraisals as pages
from app.web.session import cookie_name
from tests.factories import NOW
from tests.tools import Browser

AT_ONCE = 2
"""People in one transaction."""
PLACES = {
    "the third card is frozen": (appraisals, "_freeze", 3),
    "the fourth notice is told": (telling, "scorecard_published", 4),
    "all of the second transaction is written": (scorecard_lists, "names_of", 2),
    "the last transaction has ended": (pages, "_told", 1),
}
"""Where it is killed: after which call of which function."""


def main() -> None:
    """Publish for the people given, and be killed where it was said."""
    given = json.loads(sys.argv[1])
    settings = Settings(data_dir=Path(given["folder"]), organisation_name="PT Contoh", _env_file=None)
    clock.use(lambda: NOW + timedelta(minutes=1))
    vars(pages)["_AT_ONCE"] = AT_ONCE
    _die_after(*PLACES[given["place"]])
    browser = Browser(create_app(settings, make_engine(given["url"])), follow_redirects=False)
    browser.cookies.set(cookie_name(settings), given["token"])
    browser.csrf = given["csrf"]
    browser.submit("/publications", given["fields"])


def _die_after(module: Any, name: str, calls: int) -> None:
    act, left = getattr(module, name), [calls]

    def counted(*arguments: Any, **options: Any) -> Any:
        result = act(*arguments, **options)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, counted)


if __name__ == "__main__":
    main()
