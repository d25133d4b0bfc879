"""What time is it? The only place where time is read, so that tests and replays can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system_now() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system_now


def now() -> datetime:
    """The present moment in UTC."""
    return _read()


def today(zone: str = "Asia/Jakarta") -> date:
    """The calendar day that it is now in the organisation's time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def use(read: Callable[[], datetime] | None) -> None:
    """Replace the clock, for tests; None puts the system's clock back."""
    global _read  # noqa: PLW0603 - one clock for the process is the point of this module
    _read = read or _system_now


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Let it be this moment for a while, for data that must come out the same every time."""
    before = _read
    use(lambda: moment)
    try:
        yield
    finally:
        use(before)
