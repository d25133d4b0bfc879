"""Which background work is due, and who does it? Reminders, mail, closing what is over; safe to run twice."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app import clock
from app.database import Sessions, transaction
from app.services import closing, expiry, mailing
from app.services.leases import Turn, finish, take
from app.services.reminders import due_reminders, untold
from app.settings import Settings

PAUSE: Final = timedelta(seconds=20)
"""Between two looks at what is due."""
FIRST_LOOK: Final = timedelta(seconds=5)
"""How long a service that has just been started is left to itself."""
STOPS_WITHIN: Final = timedelta(seconds=30)
"""How long work that has begun may take to come to a place where it can stop."""
_REMINDERS_AT: Final = time(5)
"""When the reminders of a day are written: early enough for the mail of the morning."""
_AT_ONCE: Final = 100
"""Reminders written in one transaction, so that nobody waits for the write lock."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shift:
    """What every piece of work is given."""

    sessions: Sessions
    settings: Settings
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: before which moment it must have been done last to be due, and how long one process has it."""

    name: str
    done_before: Callable[[Settings], datetime]
    lasts: timedelta
    work: Callable[[Shift, Turn], str | None]
    """What was done, in words for the log; None where it was left off and is still due."""


def _remind(shift: Shift, turn: Turn) -> str | None:
    settings = shift.settings
    today = clock.today(settings.time_zone)
    with transaction(shift.sessions, writes=False) as session:
        waiting = untold(session, due_reminders(session, settings, today, turn.begun_on))
    told = 0
    for start in range(0, len(waiting), _AT_ONCE):
        if shift.is_stopping():
            return None
        with transaction(shift.sessions) as session:
            told += sum(each.tell(session) for each in waiting[start : start + _AT_ONCE])
    return f"{told} reminders told"


def _send_mail(shift: Shift, _turn: Turn) -> str:
    settings = shift.settings
    if not settings.smtp_host:
        return "no mail server is set"
    made = mailing.gather(shift.sessions, settings)
    done = mailing.send_due(shift.sessions, settings, mailing.server_of(settings), shift.is_stopping)
    return (
        f"{made} mails made, {done.sent} sent, {done.put_off} put off, {done.refused} refused, {done.unclear} unclear"
    )


def _close(shift: Shift, _turn: Turn) -> str | None:
    closed = 0
    while not shift.is_stopping():
        with transaction(shift.sessions) as session:
            done = closing.close_due(session, clock.today(shift.settings.time_zone))
        if not done:
            return f"{closed} appraisals closed"
        closed += done
    return None


def _forget(shift: Shift, _turn: Turn) -> str:
    return f"{expiry.forget_expired(shift.sessions, shift.settings)} expired rows thrown away"


def _this_morning(settings: Settings) -> datetime:
    zone = ZoneInfo(settings.time_zone)
    now = clock.now().astimezone(zone)
    today = datetime.combine(now.date(), _REMINDERS_AT, zone)
    return today if today <= now else today - timedelta(days=1)


def _ago(span: timedelta) -> Callable[[Settings], datetime]:
    return lambda _settings: clock.now() - span


JOBS: Final = (
    Job("reminders", _this_morning, timedelta(minutes=30), _remind),
    Job("mail", _ago(timedelta(seconds=10)), timedelta(minutes=30), _send_mail),
    Job("closing", _this_morning, timedelta(minutes=30), _close),
    Job("expiry", _ago(timedelta(hours=6)), timedelta(minutes=10), _forget),
)


def do_due_work(
    sessions: Sessions, settings: Settings, is_stopping: Callable[[], bool] = lambda: False
) -> Iterator[tuple[str, str]]:
    """Do whatever is due and nobody else is at, one piece after the other: the name of each and what was done.

    A piece that fails is logged and tried again when its lease has run out; the others go on.
    """
    shift = Shift(sessions, settings, is_stopping)
    for job in JOBS:
        if is_stopping():
            return
        try:
            said = _do(job, shift)
        except Exception:  # noqa: BLE001 - whatever fails in one piece must not stop the others
            _log.exception("the background work %s failed", job.name)
            continue
        if said is not None:
            yield job.name, said


def _do(job: Job, shift: Shift) -> str | None:
    turn = take(
        shift.sessions,
        job.name,
        today=clock.today(shift.settings.time_zone),
        done_before=job.done_before(shift.settings),
        lasts=job.lasts,
    )
    if turn is None:
        return None
    said = job.work(shift, turn)
    if said is not None:
        finish(shift.sessions, turn)
    return said


class Worker:
    """Background work in a thread of its own, beside the service that it belongs to."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kinerja-worker", daemon=True)

    def start(self) -> None:
        """Begin, after a first pause."""
        self._thread.start()

    def stop(self) -> None:
        """Let the work come to a place where it can stop, and wait for that."""
        self._stopping.set()
        self._thread.join(STOPS_WITHIN.total_seconds())

    def _run(self) -> None:
        self._stopping.wait(FIRST_LOOK.total_seconds())
        run(self._sessions, self._settings, self._stopping)


def run(sessions: Sessions, settings: Settings, stopping: threading.Event) -> None:
    """Do what is due, again and again, until told to stop."""
    while not stopping.is_set():
        for name, said in do_due_work(sessions, settings, stopping.is_set):
            _log.info("%s: %s", name, said)
        stopping.wait(PAUSE.total_seconds())
