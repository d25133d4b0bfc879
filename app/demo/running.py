"""How is the demo made from the command line: which database may be filled, what is remembered, what is shown?"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, select

from app.database import make_sessions, transaction
from app.demo.chapters import Wish
from app.demo.fill import Demo, Tell, fill, is_empty
from app.demo.issuing import prepare_pdfs
from app.demo.own_seal import make_seal
from app.demo.staff import Login
from app.models import Account
from app.security import is_password
from app.services.organisation import SETTINGS
from app.settings import Settings

_FILE: Final = "demo.json"
_STEPS: Final = {"people": "People, plans, entries, scorecards", "acts": "Audit trail"}


def has_nothing(engine: Engine) -> bool:
    """Whether the database is still empty, so that it may be filled."""
    with transaction(make_sessions(engine), writes=False) as session:
        return is_empty(session)


def make(engine: Engine, settings: Settings, wish: Wish) -> Demo:
    """Fill the database, with a progress bar where somebody may be looking, and remember the logins."""
    with _progress() as tell, transaction(make_sessions(engine)) as session:
        demo = fill(session, settings, wish, tell)
    make_seal(settings)
    prepare_pdfs(make_sessions(engine, info={SETTINGS: settings}), demo)
    _remember(settings, demo)
    return demo


def made_before(engine: Engine, settings: Settings) -> Demo | None:
    """The demo with which this database was filled, if it was and its logins are still good."""
    path = _path(settings)
    if not path.exists():
        return None
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    demo = Demo([Login(**login) for login in raw.pop("logins")], **raw)
    with transaction(make_sessions(engine), writes=False) as session:
        wanted = select(Account.email, Account.password_hash)
        kept = dict(iter(session.execute(wanted.where(Account.email.in_([each.email for each in demo.logins])))))
    demo.logins = [each for each in demo.logins if is_password(each.password, kept.get(each.email))]
    return demo if demo.logins else None


def as_json(demo: Demo) -> str:
    """What the command answers to a program."""
    return json.dumps({**asdict(demo), "logins": [each._asdict() for each in demo.logins]}, ensure_ascii=False)


def as_lines(demo: Demo) -> Iterator[str]:
    """What the command tells people."""
    width = max(len(each.email) for each in demo.logins)
    yield "Sign in as:"
    for each in demo.logins:
        yield f"  {each.role:<10}{each.email:<{width}}  {each.password}"
    yield f"Scorecards of {demo.period} are published for {len(demo.published)} people; cycle {demo.cycle}."


def _path(settings: Settings) -> Path:
    return settings.data_dir / _FILE


def _remember(settings: Settings, demo: Demo) -> None:
    """Keep the logins, so that a second run can print them again."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = _path(settings)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(as_json(demo))


@contextmanager
def _progress() -> Iterator[Tell]:
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(_STEPS[step], total=of)
            bar.update(tasks[step], completed=done, total=of)

        yield tell
