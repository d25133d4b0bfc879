"""How do the acts of a year get into the chain in the order in which they happened?"""

import hashlib
import heapq
import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Final, NamedTuple, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.demo.bulk import Ids, Sheets, Writer
from app.models import AuditEntry, AuditText
from app.services.audit import GENESIS, canonical, hash_of

_AT_ONCE: Final = 20_000
_IN_MEMORY: Final = 100_000


class Act(NamedTuple):
    """An act that waits for its place in the chain; acts of one moment happened in the order of their numbers."""

    at: datetime
    number: tuple[int, int]
    actor_id: int | None
    action: str
    object_kind: str
    object_id: int | None
    subject_id: int | None
    details: str


class Notes:
    """Collects what was done in one part of the story; the arguments are those of app.services.audit.record."""

    def __init__(self, sheets: Sheets, seed: int, part: int) -> None:
        self.acts: list[Act] = []
        self._sheets = sheets
        self._seed = seed
        self._part = part
        self._texts = 0

    def act(
        self,
        at: datetime,
        action: str,
        *,
        actor_id: int | None,
        about: tuple[str, int | None],
        subject_id: int | None = None,
        details: Mapping[str, Any],
    ) -> None:
        """Somebody did something."""
        number = (self._part, len(self.acts))
        self.acts.append(Act(at, number, actor_id, action, *about, subject_id, canonical(details)))

    def words(self, written: str) -> dict[str, str]:
        """Keep words beside the chain; what stands for them in the details."""
        self._texts += 1
        # The salt must come out the same for the same seed; the words of a demo are no secret
        salt = hashlib.sha256(f"{self._seed}/{self._part}/{self._texts}".encode()).hexdigest()[:32]
        digest = hashlib.sha256((salt + written).encode()).hexdigest()
        self._sheets.put(AuditText, id=self._sheets.ids.next(AuditText), digest=digest, salt=salt, words=written)
        return {"digest": digest}


class Link(NamedTuple):
    """A row of the chain."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    object_kind: str
    object_id: int | None
    subject_id: int | None
    details: str
    previous_hash: str
    hash: str


class Chain:
    """Puts acts in order and chains them. What does not fit into the memory waits in files, each in order."""

    def __init__(self, session: Session, writer: Writer) -> None:
        self._session = session
        self._writer = writer
        self._sheets = Sheets(session.connection().dialect, Ids())
        self._waiting: list[Act] = []
        self._parts: list[IO[bytes]] = []
        self.count = 0
        """How many acts were noted so far."""
        self.done = 0

    def extend(self, acts: Sequence[Act]) -> None:
        """Take in what was done in one part of the story."""
        self.count += len(acts)
        self._waiting += acts
        if len(self._waiting) >= _IN_MEMORY:
            self._set_aside()

    def write(self, until: datetime | None = None) -> Iterator[int]:
        """Chain what waits, up to a moment if one is given; yields how many acts are done, every now and then."""
        number, previous = self._head()
        later: list[Act] = []
        self._waiting.sort()
        for act in heapq.merge(*map(_stored, self._parts), self._waiting):
            if until is not None and act.at >= until:
                later.append(act)
                continue
            number += 1
            link = Link(number, act.at, *act[2:], previous, "")
            previous = hash_of(cast("Row[Any]", link))
            self._sheets.put(AuditEntry, **link._replace(hash=previous)._asdict())
            self.done += 1
            if self.done % _AT_ONCE == 0:
                self._writer.write(self._sheets.taken())
                yield self.done
        self._writer.write(self._sheets.taken())
        for part in self._parts:
            part.close()
        self._parts.clear()
        self._waiting = later
        yield self.done

    def _head(self) -> tuple[int, str]:
        wanted = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
        last = self._session.execute(wanted).one_or_none()
        return (last.id, last.hash) if last else (0, GENESIS)

    def _set_aside(self) -> None:
        part = tempfile.TemporaryFile()  # noqa: SIM115 - closed when all parts are merged
        for act in sorted(self._waiting):
            pickle.dump(tuple(act), part, pickle.HIGHEST_PROTOCOL)
        part.seek(0)
        self._parts.append(part)
        self._waiting.clear()


def _stored(part: IO[bytes]) -> Iterator[Act]:
    while True:
        try:
            yield Act(*pickle.load(part))  # noqa: S301 - written by this very process
        except EOFError:
            return
