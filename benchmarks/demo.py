"""How long does `kinerja demo` take to fill a database with N people, and how large does it become?

    .venv/bin/python benchmarks/demo.py [--employees 10000] [--months 10] [--database URL]

Without a database it is an SQLite file that is thrown away afterwards; one on PostgreSQL must exist and be empty.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from app import schema
from app.database import make_engine, make_sessions, transaction
from app.demo.chapters import Wish
from app.demo.fill import fill
from app.models import AuditEntry, Entry, Kpi, PublishedScorecard
from app.settings import Settings


def seconds(doing: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    doing()
    return time.perf_counter() - begun


def main() -> None:
    """Fill, count and say."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--employees", type=int, default=10_000)
    arguments.add_argument("--months", type=int, default=10)
    arguments.add_argument("--database", default="")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.sqlite"
        engine = make_engine(given.database or f"sqlite:///{path}")
        schema.upgrade(engine)
        sessions = make_sessions(engine)
        settings = Settings(data_dir=Path(folder), _env_file=None)

        def filled() -> None:
            with transaction(sessions) as session:
                fill(session, settings, Wish(given.employees, given.months))

        taken = seconds(filled)
        with transaction(sessions, writes=False) as session:
            for model in (Kpi, Entry, PublishedScorecard, AuditEntry):
                count = session.scalar(select(func.count()).select_from(model))
                print(f"{count:>12,} {model.__tablename__}")
        engine.dispose()
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        processor = sum(each.ru_utime + each.ru_stime for each in used)
        print(f"{given.employees:,} people in {taken:.0f} s, {processor:.0f} s of processor time")
        print(f"{max(each.ru_maxrss for each in used) / 1024:,.0f} MB of memory in the largest process")
        if path.exists():
            print(f"{path.stat().st_size / 1e6:,.0f} MB on disk")


if __name__ == "__main__":
    main()
