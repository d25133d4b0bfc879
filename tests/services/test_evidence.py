"""Do files prove an entry: added whole, read by few, removed with a reason, and gone from the disk afterwards?"""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import AuditEntry, AuditText, Entry, EvidenceFile, KpiRecorder
from app.rules.entries import Figure
from app.rules.vocabulary import PeriodState, RecorderRule, SourceKind
from app.services import evidence
from app.services.actuals import EntryValues, get_entry, put_entry, remove_entry
from app.services.evidence import (
    MOST_FILES,
    SentFile,
    add_evidence,
    get_evidence,
    note_download,
    path_of,
    read_file,
    remove_evidence,
    sweep,
)
from app.settings import Settings
from tests.cast import Cast, actor_of
from tests.factories import NOW
from tests.teams import make_cycle, make_kpi, make_plan, period_of

pytestmark = pytest.mark.database

TEXT = SentFile("absen.csv", b"hari;jam\n1;8\n")


@pytest.fixture
def entry(session: Session, cast: Cast) -> Entry:
    """Eli's January, recorded by eli."""
    kpi = make_kpi("Declared", source_kind=SourceKind.EMPLOYEE_WITH_EVIDENCE)
    make_plan(session, cast.eli, make_cycle(session), [kpi, make_kpi("System")])
    values = EntryValues(Figure(Decimal(8)))
    return put_entry(session, actor_of(cast.eli), kpi_id=kpi.id, on="2026-01", values=values, version=None)


def add(session: Session, cast: Cast, entry: Entry, *files: SentFile, by: str = "eli") -> list[EvidenceFile]:
    return add_evidence(session, actor_of(getattr(cast, by)), kpi_id=entry.kpi_id, on=entry.on, files=files or [TEXT])


def faults(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(fault.at, fault.code) for fault in refused.value.faults]


def test_a_file_is_kept_found_and_put_on_record(
    session: Session, sessions: Sessions, settings: Settings, cast: Cast, entry: Entry
) -> None:
    [file] = add(session, cast, entry)
    assert (file.name, file.kind, file.size, file.uploaded_at, file.uploaded_by_id) == (
        "absen.csv", "csv", 13, NOW, cast.eli.id,
    )  # fmt: skip
    assert entry.version == 2
    assert path_of(settings, file.digest).read_bytes() == TEXT.content
    assert oct(path_of(settings, file.digest).stat().st_mode)[-3:] == "600"
    read = read_file(session, actor_of(cast.audi), file_id=file.id)
    assert (read.content, read.name, read.media_type, read.person_id) == (
        TEXT.content, "absen.csv", "text/csv", cast.eli.id,
    )  # fmt: skip
    note_download(sessions, actor_of(cast.audi), read)
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(act.action, act.actor_id, act.subject_id) for act in acts] == [
        ("entry.recorded", cast.eli.id, cast.eli.id),
        ("evidence.added", cast.eli.id, cast.eli.id),
        ("evidence.downloaded", cast.audi.id, cast.eli.id),
    ]
    assert json.loads(acts[2].details) == {"on": "2026-01", "digest": file.digest}


def test_only_who_may_read_the_figure_reads_its_files(session: Session, cast: Cast, entry: Entry) -> None:
    [file] = add(session, cast, entry)
    entry.kpi.recorder = KpiRecorder(rule=RecorderRule.THIRD_PARTY, person=cast.otto)
    session.flush()
    for person in (cast.eli, cast.mona, cast.root, cast.hana, cast.audi, cast.otto):
        assert read_file(session, actor_of(person), file_id=file.id).content == TEXT.content
        assert get_evidence(session, actor_of(person), kpi_id=entry.kpi_id, on=entry.on) == [file]
    for person in (cast.eva, cast.omar, cast.gone):
        with pytest.raises(NotFound):
            read_file(session, actor_of(person), file_id=file.id)
        with pytest.raises(NotFound):
            get_evidence(session, actor_of(person), kpi_id=entry.kpi_id, on=entry.on)
    with pytest.raises(NotAllowed):
        add(session, cast, entry, by="audi")
    with pytest.raises(NotFound):
        remove_evidence(session, actor_of(cast.eva), file_id=file.id, reason="Salah")
    with pytest.raises(NotFound):
        read_file(session, actor_of(cast.hana), file_id=file.id + 1)
    with pytest.raises(NotFound):
        get_evidence(session, actor_of(cast.hana), kpi_id=entry.kpi_id, on="2026-02")


def test_one_bad_file_keeps_all_out(session: Session, cast: Cast, entry: Entry) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, cast, entry, TEXT, SentFile("virus.pdf", b"MZ\x00"))
    assert faults(refused) == [("files", "evidence_kind_refused")]
    for files in ([TEXT, TEXT], []):
        with pytest.raises(Invalid):
            add_evidence(session, actor_of(cast.eli), kpi_id=entry.kpi_id, on=entry.on, files=files)
    add(session, cast, entry)
    with pytest.raises(Invalid) as refused:
        add(session, cast, entry)
    assert faults(refused) == [("files", "evidence_known")]
    more = [SentFile(f"{number}.txt", str(number).encode()) for number in range(MOST_FILES)]
    with pytest.raises(Invalid) as refused:
        add(session, cast, entry, *more)
    assert faults(refused) == [("files", "too_many_evidence_files")]
    assert len(session.scalars(select(EvidenceFile)).all()) == 1


def test_a_closed_period_takes_no_files(session: Session, cast: Cast, entry: Entry) -> None:
    [file] = add(session, cast, entry)
    period_of(entry.kpi.plan.cycle, "2026-01").state = PeriodState.CLOSED
    session.flush()
    with pytest.raises(Conflict):
        add(session, cast, entry, SentFile("b.txt", b"b"))
    with pytest.raises(Conflict):
        remove_evidence(session, actor_of(cast.eli), file_id=file.id, reason="Salah berkas")


def test_removal_needs_a_reason_and_keeps_it(session: Session, settings: Settings, cast: Cast, entry: Entry) -> None:
    [file] = add(session, cast, entry)
    with pytest.raises(Invalid) as refused:
        remove_evidence(session, actor_of(cast.eli), file_id=file.id, reason=" ")
    assert faults(refused) == [("reason", "required")]
    remove_evidence(session, actor_of(cast.mona), file_id=file.id, reason="Milik orang lain")
    assert get_evidence(session, actor_of(cast.eli), kpi_id=entry.kpi_id, on=entry.on) == []
    act = session.scalars(select(AuditEntry).where(AuditEntry.action == "evidence.removed")).one()
    details = json.loads(act.details)
    words = {
        name: session.scalars(select(AuditText.words).where(AuditText.digest == details[name]["digest"])).one()
        for name in ("name", "reason")
    }
    assert words == {"name": "absen.csv", "reason": "Milik orang lain"}
    assert path_of(settings, file.digest).exists()


def test_contents_that_belong_to_nothing_are_swept(
    session: Session, settings: Settings, cast: Cast, entry: Entry
) -> None:
    [kept, young, old] = add(session, cast, entry, TEXT, SentFile("a.txt", b"a"), SentFile("b.txt", b"b"))
    folder = settings.data_dir / evidence.FOLDER
    before = {path.name for path in folder.iterdir()}
    for file in (young, old):
        remove_evidence(session, actor_of(cast.eli), file_id=file.id, reason="Salah")
    moment = NOW.timestamp()
    for digest, age in ((kept.digest, 9_000), (young.digest, 60), (old.digest, 9_000)):
        os.utime(folder / digest, (moment - age, moment - age))
    assert sweep(session, settings.data_dir) >= 1
    left = {path.name for path in folder.iterdir()}
    assert {kept.digest, young.digest} <= left
    assert old.digest in before - left


def test_sweeping_where_nothing_was_kept(session: Session, tmp_path: Path) -> None:
    assert sweep(session, tmp_path) == 0


def test_a_lost_or_spoilt_content_is_not_handed_out(
    session: Session, settings: Settings, cast: Cast, entry: Entry
) -> None:
    [file] = add(session, cast, entry, SentFile("hilang.txt", b"hilang"))
    path_of(settings, file.digest).write_bytes(b"other")
    with pytest.raises(Conflict):
        read_file(session, actor_of(cast.eli), file_id=file.id)
    path_of(settings, file.digest).unlink()
    with pytest.raises(Conflict):
        read_file(session, actor_of(cast.eli), file_id=file.id)


def test_a_figure_that_is_taken_back_takes_its_files_along(session: Session, cast: Cast, entry: Entry) -> None:
    add(session, cast, entry)
    session.expire_all()
    remove_entry(session, actor_of(cast.eli), kpi_id=entry.kpi_id, on="2026-01", version=None)
    assert session.scalars(select(EvidenceFile)).all() == []
    with pytest.raises(NotFound):
        get_entry(session, actor_of(cast.eli), kpi_id=entry.kpi_id, on="2026-01")
