"""What does the download of a scorecard cost the server once its PDF is kept? Whole requests, on a real database file.

    PYTHONPATH=. .venv/bin/python benchmarks/download.py [--downloads 200] [--profile]

A demo of 40 people in an SQLite file, one person signed in. Each request goes through the whole service, from its
outermost layer to the last byte: session, permission, the search for the scorecard, reading the file and checking its
digest, and the trace that every download leaves. `health` is the page that does nothing, for comparison. The time is
that of the processor. With --profile the downloads are shown by function.
"""

import argparse
import asyncio
import cProfile
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from app import clock, schema
from app.database import make_engine, make_sessions, transaction
from app.demo.chapters import Wish
from app.demo.fill import fill
from app.main import create_app, settled
from app.models import Account, Appraisal, PublishedScorecard
from app.settings import Settings
from app.web.session import cookie_name
from tests.factories import make_web_session

HOST = (b"host", b"localhost")


async def ask(app: FastAPI, path: str, cookie: str) -> tuple[int, bytes]:
    """The status and the body that the service answers."""
    answer: dict[str, Any] = {"status": 0, "body": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answer["status"] = message.get("status", answer["status"])
        answer["body"] += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [HOST, (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    return answer["status"], answer["body"]


async def measured(app: FastAPI, path: str, cookie: str, times: int) -> list[float]:
    """Milliseconds of the processor of each request; the first ones, which find nothing warm, are left out."""
    taken = []
    for _ in range(times + 5):
        began = time.process_time()
        status, _ = await ask(app, path, cookie)
        taken.append((time.process_time() - began) * 1000)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return taken[5:]


def published_path(settings: Settings, app: FastAPI) -> tuple[str, str]:
    """Where a published scorecard is downloaded, and the cookie of the person whose it is."""
    with transaction(app.state.sessions) as session:
        account, appraisal = session.execute(
            select(Account, Appraisal)
            .join(Appraisal, Appraisal.person_id == Account.person_id)
            .join(PublishedScorecard, PublishedScorecard.appraisal_id == Appraisal.id)
            .order_by(PublishedScorecard.id)
            .limit(1)
        ).one()
        token, _ = make_web_session(session, account, at=clock.now())
        period = appraisal.period
        path = f"/scorecards/{account.person_id}/{period.cycle.code}/{period.code}/pdf"
        return path, f"{cookie_name(settings)}={token}"


def main() -> None:
    """Fill a database, download, and say what it cost."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--downloads", type=int, default=200)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), _env_file=None)
        engine = make_engine(settings.database_url)
        schema.upgrade(engine)
        sessions = make_sessions(engine)
        with transaction(sessions) as session:
            fill(session, settings, Wish(40, 3))
        app = settled(create_app(settings, engine, sessions))
        path, cookie = published_path(settings, app)
        _, made = asyncio.run(ask(app, path, cookie))  # from now on it is kept
        if chosen.profile:
            profile_of(app, path, cookie, chosen.downloads)
            return
        for name, asked in (("health", "/healthz"), ("download", path)):
            taken = asyncio.run(measured(app, asked, cookie, chosen.downloads))
            late = sorted(taken)[int(len(taken) * 0.95)]
            print(
                f"{name:10} median {statistics.median(taken):5.1f} ms, least {min(taken):5.1f} ms, 95th {late:5.1f} ms"
            )
        print(f"the file has {len(made) / 1024:.0f} KiB")
        engine.dispose()


def profile_of(app: FastAPI, path: str, cookie: str, times: int) -> None:
    """Where the time goes; routes run in the same thread for this."""
    import anyio.to_thread  # noqa: PLC0415 - for this only

    async def here(function: Any, *arguments: Any, **_options: Any) -> Any:
        return function(*arguments)

    anyio.to_thread.run_sync = here  # type: ignore[assignment]
    asyncio.run(measured(app, path, cookie, 5))
    with cProfile.Profile(time.process_time) as profile:
        asyncio.run(measured(app, path, cookie, times))
    pstats.Stats(profile).sort_stats("cumtime").print_stats(70)


if __name__ == "__main__":
    main()
