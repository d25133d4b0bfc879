"""How is everything kept in one file and brought back? A backup that either database can be restored from."""

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Date, Engine, Enum, Table, func, insert, select, text, update

from app import __version__, clock, schema
from app.models import Base, EvidenceFile, IdempotencyKey, Mail, Notice, SignInFailure, Unit, WebSession
from app.models.base import ExactNumber, Hundredths, UtcDateTime
from app.rules.noticing import MailState

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
PDF_FOLDER: Final = "pdf"
EVIDENCE_FOLDER: Final = "evidence"
PASSING: Final = frozenset(each.__tablename__ for each in (WebSession, SignInFailure, IdempotencyKey))
"""What is gone after a while anyway, and must not open doors on another machine."""
_CHUNK: Final = 1_000

Step = Callable[[str], None]


class BackupRefused(Exception):
    """The backup cannot be made or brought back; the text says why, in one line."""


def backup(engine: Engine, data_dir: Path, file: Path, step: Step) -> None:
    """Write everything that is stored to one file, as it stood at one moment, while the service may run.

    The file appears under its name only when it is whole. Sessions, sign-in failures and the secret stay out.
    """
    unfinished = file.with_name(file.name + ".part")
    # On PostgreSQL it takes this level to see one moment in all tables; SQLite's readers always do
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with (
        engine.execution_options(**options).begin() as connection,
        tarfile.open(unfinished, "w:gz", compresslevel=6) as archive,
    ):
        counts = {}
        for table in _tables():
            rows, counts[table.name] = _rows(connection, table)
            _add(archive, f"tables/{table.name}.jsonl", rows)
            step(table.name)
        for path in sorted((data_dir / PDF_FOLDER).rglob("*.pdf")):
            archive.add(path, f"{PDF_FOLDER}/{path.relative_to(data_dir / PDF_FOLDER)}")
        for digest in connection.scalars(select(EvidenceFile.digest).distinct().order_by(EvidenceFile.digest)):
            path = data_dir / EVIDENCE_FOLDER / digest
            if path.is_file():
                archive.add(path, f"{EVIDENCE_FOLDER}/{digest}")
            else:  # one lost file must not stand in the way of keeping everything else
                step(f"{EVIDENCE_FOLDER}/{digest} is missing")
        _add(archive, MANIFEST, json.dumps(_manifest(engine, counts), indent=2).encode())
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(file)


def restore(engine: Engine, data_dir: Path, file: Path, step: Step) -> dict[str, Any]:
    """Bring a backup back into an empty database, on SQLite or PostgreSQL whichever it came from; its manifest."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            manifest = _read_manifest(archive)
            if not schema.is_empty(engine):
                raise BackupRefused("The database is not empty; a backup is restored into an empty one.")
            schema.upgrade(engine)
            with engine.execution_options(writes=True).begin() as connection:
                for table in _tables():
                    _put_back(connection, archive, table, manifest["tables"])
                    step(table.name)
                _let_mail_be(connection)
            _put_back_files(archive, data_dir)
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as fault:
        raise BackupRefused(f"{file} cannot be read as a backup: {fault}") from fault
    return manifest


def _let_mail_be(connection: Connection) -> None:
    """What waited to be sent when the backup was made may have been sent since; it stands under the bell anyway."""
    waiting = Mail.state.in_((MailState.WAITING, MailState.SENDING))
    connection.execute(update(Mail).where(waiting).values(state=MailState.UNCLEAR, fault="restored from a backup"))
    connection.execute(update(Notice).where(Notice.is_for_mail).values(is_for_mail=False))


def _tables() -> list[Table]:
    """Every table that is kept, those that others refer to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in PASSING]


def _manifest(engine: Engine, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kinerja": __version__,
        "revision": schema.present(engine),
        "made_at": clock.now().isoformat(),
        "tables": counts,
    }


def _rows(connection: Connection, table: Table) -> tuple[bytes, int]:
    lines = [
        json.dumps([_out(value) for value in row], ensure_ascii=False, separators=(",", ":"))
        for row in connection.execute(select(table).order_by(*table.primary_key.columns))
    ]
    names = json.dumps([column.name for column in table.columns])
    return "\n".join([names, *lines]).encode(), len(lines)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _out(value: Any) -> Any:
    """A value as JSON holds it: numbers by their digits, days and moments by ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(_content(archive, MANIFEST))
    if manifest["format"] != FORMAT or manifest["revision"] != schema.needed():
        raise BackupRefused(
            f"The backup was made by Kinerja {manifest['kinerja']} at revision {manifest['revision']}; this version"
            f" needs {schema.needed()}. Restore it with the version that made it, then run: kinerja migrate"
        )
    return manifest


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    return file.read() if file else b""


def _put_back(connection: Connection, archive: tarfile.TarFile, table: Table, counts: dict[str, int]) -> None:
    lines = _content(archive, f"tables/{table.name}.jsonl").decode().split("\n")
    columns = [table.columns[name] for name in json.loads(lines[0])]
    readers = [_reader(column.type) for column in columns]
    rows = [
        {c.name: None if v is None else read(v) for c, read, v in zip(columns, readers, json.loads(line), strict=True)}
        for line in lines[1:]
    ]
    if len(rows) != counts[table.name]:
        raise BackupRefused(f"The backup is not whole: {table.name} has {len(rows)} rows of {counts[table.name]}.")
    parents = _without_parents(rows) if table.name == Unit.__tablename__ else {}
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(table), rows[start : start + _CHUNK])
    for unit_id, parent_id in parents.items():
        connection.execute(update(table).where(table.c.id == unit_id).values(parent_id=parent_id))
    if rows and connection.dialect.name == "postgresql":
        _move_sequence(connection, table)


def _without_parents(rows: list[dict[str, Any]]) -> dict[int, int]:
    """Take the parents out of rows that refer to their own table; they are put in when all rows are there."""
    parents = {row["id"]: row["parent_id"] for row in rows if row["parent_id"] is not None}
    for row in rows:
        row["parent_id"] = None
    return parents


def _move_sequence(connection: Connection, table: Table) -> None:
    """PostgreSQL does not notice ids that it did not give itself."""
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name})
    if sequence:
        highest = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest)))


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, ExactNumber | Hundredths):
        return Decimal
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class
    return lambda value: value


def _put_back_files(archive: tarfile.TarFile, data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    archive.extractall(data_dir, _file_members(archive), filter="data")


def _file_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    folders = (f"{PDF_FOLDER}/", f"{EVIDENCE_FOLDER}/")
    return (entry for entry in archive if entry.isreg() and entry.name.startswith(folders))
