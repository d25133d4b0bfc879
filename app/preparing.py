"""Which processes prepare PDFs in bulk, and when? Some of their own beside the service, as long as there is work.

They stand back behind everything else (niceness), and share neither interpreter nor engine with those who answer: a
person who waits for one PDF waits for nothing here.
"""

import fcntl
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from app.database import Sessions, make_engine, make_sessions, transaction
from app.services import pdf_preparing
from app.services.organisation import SETTINGS
from app.settings import Settings

PAUSE: Final = 2.0
"""Seconds between two looks at whether there is something to prepare."""
_MOST_BY_ITSELF: Final = 4
_NICENESS: Final = 10
_STOPS_WITHIN: Final = 25.0
"""Seconds: a little longer than the longest PDF that the engine bears."""
_log: Final = logging.getLogger(__name__)


def run(sessions: Sessions, settings: Settings, stopping: threading.Event) -> None:
    """Have prepared what waits, again and again, until told to stop."""
    while not stopping.is_set():
        try:
            if _is_waiting(sessions):
                with _alone(settings.data_dir) as is_alone:
                    if is_alone:
                        _prepare_beside(sessions, settings, stopping)
        except Exception:  # noqa: BLE001 - a database that is away for a moment must not end the preparing for good
            _log.exception("the preparing of PDFs failed")
        stopping.wait(PAUSE)


def _prepare_beside(sessions: Sessions, settings: Settings, stopping: threading.Event) -> None:
    """Keep the processes going until none of them finds anything more."""
    wanted = settings.pdf_processes or min(len(os.sched_getaffinity(0)), _MOST_BY_ITSELF)
    processes: list[SpawnProcess] = []
    try:
        while not stopping.is_set():
            processes = [process for process in processes if process.is_alive()]
            if _is_waiting(sessions):
                processes += [_started(settings) for _ in range(wanted - len(processes))]
            elif not processes:
                return
            stopping.wait(PAUSE)
    finally:
        _end(processes)


def _is_waiting(sessions: Sessions) -> bool:
    with transaction(sessions, writes=False) as session:
        return pdf_preparing.is_waiting(session)


def _started(settings: Settings) -> SpawnProcess:
    spawn = multiprocessing.get_context("spawn")  # never forked: connections and locks are not theirs
    process = spawn.Process(target=_process, args=(settings, os.getpid()), daemon=True)
    process.start()
    return process


def _end(processes: list[SpawnProcess]) -> None:
    """Let them finish what they have in hand, and no longer."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + _STOPS_WITHIN
    for process in processes:
        process.join(max(until - time.monotonic(), 0))
        process.kill()
        process.join()


def _process(settings: Settings, parent: int) -> None:
    os.nice(_NICENESS)
    is_told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_told.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the service, which then tells us
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine, info={SETTINGS: settings})
    pdf_preparing.prepare(sessions, lambda: is_told.is_set() or os.getppid() != parent)
    engine.dispose()


@contextmanager
def _alone(data_dir: Path) -> Iterator[bool]:
    """Whether no other service on this data folder has processes for it already; the system frees the lock itself."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "preparing.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


class Preparer:
    """The preparing in a thread of its own, beside the service that it belongs to."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=run, args=(sessions, settings, self._stopping), name="kinerja-preparer", daemon=True
        )

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def stop(self) -> None:
        """Let the processes come to a place where they can stop, and wait for that."""
        self._stopping.set()
        self._thread.join(_STOPS_WITHIN + PAUSE)
