"""What can be asked of the command `kinerja`? Thin: it parses, calls services or rules, and prints.

Heavy imports (database, web, PDF) stand inside the commands that need them: `kinerja score` starts in a moment.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from app.documents.cards import CardRefused
from app.documents.score_files import fault_lines, score_json, score_lines
from app.rules.faults import Fault
from app.rules.vocabulary import Language

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.database import Sessions
    from app.settings import Settings

app = typer.Typer(name="kinerja", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

audit = typer.Typer(no_args_is_help=True, help="The record of who did what.")
app.add_typer(audit, name="audit")

_PROGRESS_EVERY = 200  # lines


class PrintFormat(StrEnum):
    """As what a scorecard is written."""

    HTML = "html"
    PDF = "pdf"


@app.callback()
def _kinerja() -> None:
    """Employee performance appraisal with weighted KPI scorecards."""


@app.command()
def score(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scorecard in JSON; - is standard input.")],
    *,
    lines: Annotated[bool, typer.Option("--lines", help="One card a line in, one result a line out.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of explanations and messages.")] = Language.ENGLISH,
) -> None:
    """Score a scorecard without a database: its result as JSON, or one line for every fault in it."""
    try:
        with _opened(file) as source:
            is_refused = _score_lines(source, lang) if lines else _score_one(source.read(), lang)
    except BrokenPipeError:  # whoever read the results wants no more of them
        raise
    except OSError as error:
        reason = {"reason": error.strerror or str(error)}
        _print_faults(CardRefused([Fault("", "file_unreadable", reason)]), lang)
        is_refused = True
    raise typer.Exit(int(is_refused))


@app.command()
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen at; default KINERJA_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen at; default KINERJA_PORT.", min=1, max=65535)] = None,
    workers: Annotated[int, typer.Option(help="Processes that answer; with SQLite one is best.", min=1)] = 1,
) -> None:
    """Serve pages and API; sets the database up if it is empty."""
    from app import serving

    for name, given in (("KINERJA_HOST", host), ("KINERJA_PORT", port)):
        if given is not None:
            os.environ[name] = str(given)  # the way on which further processes hear of it too
    with _refusals(serving.CannotStart):
        serving.serve(serving.read_settings(), workers, typer.echo)


@app.command()
def worker(*, once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False) -> None:
    """Do the background work: reminders, mail, closing what is over, PDFs; serve does it too unless told not to."""
    import signal
    import threading

    from app import jobs, preparing
    from app.services import pdf_preparing
    from app.services.organisation import settings_of

    with _database(makes_pdfs=True) as sessions:
        with sessions() as session:
            settings = settings_of(session)
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        if not once:
            preparer = preparing.Preparer(sessions, settings)
            preparer.start()
            jobs.run(sessions, settings, stopping)
            preparer.stop()
            return
        for name, said in jobs.do_due_work(sessions, settings, stopping.is_set):
            typer.echo(f"{name}: {said}")
        if prepared := pdf_preparing.prepare(sessions, stopping.is_set):
            typer.echo(f"pdfs: {prepared} prepared")


@app.command()
def migrate() -> None:
    """Bring the database to the revision that this version needs; make a backup first."""
    from app import schema, serving
    from app.database import make_engine

    with _refusals(serving.CannotStart):
        engine = make_engine(serving.read_settings().database_url)
        serving.migrate(engine)
        typer.echo(f"The database is at revision {schema.present(engine)}.")
        engine.dispose()


@app.command()
def routes(*, as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List every route: methods, path, and the action that its policy checks."""
    from app import serving
    from app.main import create_app, list_routes

    with _refusals(serving.CannotStart):
        found = list_routes(create_app(serving.read_settings()))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for route in found:
        typer.echo(f"{','.join(route['methods']):8} {route['path']:60} {route['action']}")


@app.command()
def demo(
    *,
    employees: Annotated[int, typer.Option(help="How many people work there.", min=5, max=1_000_000)] = 40,
    months: Annotated[int, typer.Option(help="Of how many months there are figures.", min=1, max=12)] = 10,
    seed: Annotated[
        int, typer.Option(help="Another seed gives another organisation, the same one always the same.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the logins as JSON.")] = False,
    and_serve: Annotated[
        bool, typer.Option("--serve", help="Serve it then; a demo made before is served as it is.")
    ] = False,
) -> None:
    """Fill an empty database with a believable organisation and print one login for each role."""
    from app import clock, serving
    from app.demo import running
    from app.demo.calendar import LIBRARY_READY
    from app.demo.chapters import Wish
    from app.demo.content import company

    with _refusals(serving.CannotStart):
        if "organisation_name" not in serving.read_settings().model_fields_set:
            os.environ["KINERJA_ORGANISATION_NAME"] = company().name  # printed on every scorecard
        settings = serving.read_settings()
        serving.see_to_seal(settings)
        with clock.stopped_at(LIBRARY_READY):
            engine = serving.prepared_engine(settings, lambda line: typer.echo(line, err=True))
        if running.has_nothing(engine):
            made = running.make(engine, settings, Wish(employees, months, seed))
        else:
            before = running.made_before(engine, settings) if and_serve else None
            if before is None:
                raise serving.CannotStart("The database is not empty; the demo needs one of its own.")
            made = before
        engine.dispose()
        typer.echo(running.as_json(made) if as_json else "\n".join(running.as_lines(made)))
        if and_serve:
            serving.serve(settings, 1, typer.echo)


@app.command()
def pdf(
    *,
    employee: Annotated[str, typer.Option(help="Employee number.")],
    cycle: Annotated[str, typer.Option(help="Code of the cycle.")],
    period: Annotated[str | None, typer.Option(help="Code of the period; without it the last one published.")] = None,
    form: Annotated[PrintFormat, typer.Option("--format", help="html is the print page.")] = PrintFormat.PDF,
    lang: Annotated[Language | None, typer.Option(help="Language; default KINERJA_DEFAULT_LANGUAGE.")] = None,
    out: Annotated[Path, typer.Option(help="File to write.", dir_okay=False)],
) -> None:
    """Write one published scorecard to a file."""
    from app.database import transaction
    from app.services import issued
    from app.services.organisation import settings_of
    from app.services.scorecards import published_id_of_employee

    with _database(makes_pdfs=form is PrintFormat.PDF) as sessions:
        with transaction(sessions, writes=False) as session:
            found = published_id_of_employee(session, employee, cycle, period)
            language = lang or Language(settings_of(session).default_language)
            text = issued.html_of(session, found, language) if form is PrintFormat.HTML else ""
        with _refusals(OSError):
            out.write_bytes(text.encode() or issued.issue_pdf(sessions, None, found, language).content)


@app.command()
def pdf_all(
    *,
    cycle: Annotated[str, typer.Option(help="Code of the cycle.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.", file_okay=False)],
    workers: Annotated[int, typer.Option(help="Processes that render.", min=1, max=64)] = 2,
    lang: Annotated[Language | None, typer.Option(help="Language; default KINERJA_DEFAULT_LANGUAGE.")] = None,
) -> None:
    """Write every published scorecard of a cycle and a signed list of them; goes on where it was stopped."""
    from app.services import pdf_folder
    from app.services.organisation import settings_of

    with _database(makes_pdfs=True) as sessions, _refusals(OSError):
        with sessions() as session:
            settings = settings_of(session)
            language = lang or Language(settings.default_language)
        there, tasks = pdf_folder.look_into(sessions, cycle, out, language)
        with _bar("Writing", len(tasks)) as step:
            every = []
            for each in pdf_folder.write_all(settings, tasks, language, workers):
                step()
                every.append(each)
        failed = [each for each in every if each.reason]
        pdf_folder.sign(settings, out, cycle, language, [*there, *(each for each in every if not each.reason)])
        for line in sorted(f"{each.task.path.name} could not be made: {each.reason}" for each in failed):
            typer.echo(f"kinerja: {line}", err=True)
        typer.echo(f"{len(every) - len(failed)} written, {len(there)} there already")
    raise typer.Exit(int(bool(failed)))


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A PDF to check, or a release of many: a ZIP, a folder, its manifest."),
    ] = None,
    *,
    check_all: Annotated[bool, typer.Option("--all", help="Recompute every published scorecard.")] = False,
    key: Annotated[
        Path | None, typer.Option(help="Public key that signed the release; without it the one of this service.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say whether a PDF or a release of many is what was issued, or prove that every scorecard still computes."""
    if (file is None) != check_all:
        raise typer.BadParameter("give either a file or --all")
    from app import proving, serving, signing
    from app.documents import manifest

    with _refusals(OSError), _refusals(signing.KeyUnusable), _refusals(serving.CannotStart):
        if file is not None and manifest.is_release(file):
            finding = proving.find_release(serving.read_settings(), file, key)
        else:
            with _database() as sessions:
                finding = proving.find_pdf(sessions, file) if file else proving.find_everything(sessions, _bar)
    if as_json:
        typer.echo(json.dumps(finding.facts, ensure_ascii=False, indent=2))
    else:
        for line in finding.lines:
            typer.echo(line, err=not finding.is_good)
    raise typer.Exit(int(not finding.is_good))


@app.command()
def signing_key() -> None:
    """Print the public half of the key that signs releases, and its fingerprint; anybody may have both."""
    from app import serving, signing

    with _refusals(signing.KeyUnusable), _refusals(serving.CannotStart):
        pem = signing.public_key(serving.read_settings())
    typer.echo(pem, nl=False)
    typer.echo(signing.fingerprint(pem), err=True)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="File to write, like kinerja.tar.gz.", dir_okay=False)]) -> None:
    """Keep everything in one file, while the service runs; the file must be guarded like the data itself."""
    from app import backup as keeping
    from app import serving
    from app.models import Base

    with _refusals(serving.CannotStart), _refusals(OSError):
        settings = serving.read_settings()
        engine = serving.prepared_engine(settings, lambda line: typer.echo(line, err=True))
        with _bar("Keeping", len(Base.metadata.tables)) as step:
            keeping.backup(engine, settings.data_dir, file, lambda _table: step())
        engine.dispose()


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that backup has written.", dir_okay=False)]) -> None:
    """Bring a backup back into an empty database, SQLite or PostgreSQL, whichever it came from."""
    from app import backup as keeping
    from app import serving
    from app.database import make_engine
    from app.models import Base

    with _refusals(serving.CannotStart), _refusals(keeping.BackupRefused):
        settings = serving.read_settings()
        engine = make_engine(settings.database_url)
        with _bar("Restoring", len(Base.metadata.tables)) as step:
            manifest = keeping.restore(engine, settings.data_dir, file, lambda _table: step())
        typer.echo(f"{sum(manifest['tables'].values())} rows of {manifest['made_at']} are back")
        if erased := _erase_again(engine, settings):
            typer.echo(f"{erased} people whose data was erased since are erased again")
        engine.dispose()


def _erase_again(engine: "Engine", settings: "Settings") -> int:
    from app.database import make_sessions, transaction
    from app.services import erasure
    from app.services.organisation import SETTINGS

    with transaction(make_sessions(engine, info={SETTINGS: settings})) as session:
        return erasure.replay(session)


@audit.command("verify")
def verify_audit() -> None:
    """Walk the audit chain from its first row to its last."""
    from app.database import transaction
    from app.services import audit as service

    with _database() as sessions, transaction(sessions, writes=False) as session:
        broken = service.verify(session)
        if broken is not None:
            typer.echo(f"kinerja: row {broken} of the audit chain is missing or was changed", err=True)
            raise typer.Exit(1)
        rows, head = service.anchor(session)
        typer.echo(f"{rows} rows, unbroken, ending in {head}")


@contextmanager
def _database(*, makes_pdfs: bool = False) -> Iterator["Sessions"]:
    """The sessions of a database that is there; whatever a service refuses is said in one line."""
    from app import serving
    from app.database import make_sessions
    from app.errors import KinerjaError
    from app.i18n import Locale
    from app.messages import error_text
    from app.services.organisation import SETTINGS

    with _refusals(serving.CannotStart):
        settings = serving.read_settings()
        if makes_pdfs:
            serving.see_to_seal(settings)
        engine = serving.prepared_engine(settings, lambda line: typer.echo(line, err=True))
    try:
        yield make_sessions(engine, info={SETTINGS: settings})
    except KinerjaError as refusal:
        typer.echo(f"kinerja: {error_text(refusal, Locale(Language.ENGLISH))}", err=True)
        raise typer.Exit(1) from refusal
    finally:
        engine.dispose()


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal, and nothing elsewhere; gives what is called after each step."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with typer.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@contextmanager
def _refusals(kind: type[Exception]) -> Iterator[None]:
    """End with code 1 and one clear line where something must be put right outside."""
    try:
        yield
    except kind as refusal:
        typer.echo(f"kinerja: {refusal}", err=True)
        raise typer.Exit(1) from refusal


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as source:
            yield source


def _score_one(raw: bytes, language: Language) -> bool:
    """Answer the one card of a file; true where it is refused."""
    try:
        result = score_json(raw, language)
    except CardRefused as refusal:
        _print_faults(refusal, language)
        return True
    # Bytes, so that neither a terminal's encoding nor its line ends can change the result
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()
    return False


def _score_lines(source: BinaryIO, language: Language) -> bool:
    """Answer every line of a file; true where a card is refused, which is said at the end."""
    refused = count = 0
    out = sys.stdout.buffer
    for count, answer in enumerate(score_lines(_with_progress(source), language), start=1):  # noqa: B007
        out.write(answer.line)
        out.flush()  # a program may be waiting for this answer before it sends the next card
        refused += answer.is_refused
    if refused:
        typer.echo(f"{refused} of {count} cards refused", err=True)
    return refused > 0


def _with_progress(source: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, with a bar on a terminal that is not busy showing the results."""
    if source is sys.stdin.buffer or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from source
        return
    size = Path(source.name).stat().st_size
    with typer.progressbar(length=size, label="Scoring", file=sys.stderr) as bar:
        done = 0
        for number, line in enumerate(source):
            yield line
            done += len(line)
            if number % _PROGRESS_EVERY == 0:
                bar.update(done)
                done = 0
        bar.update(done)


def _print_faults(refusal: CardRefused, language: Language) -> None:
    for line in fault_lines(refusal.faults, language):
        typer.echo(line, err=True)


def main() -> None:
    """Run the command line."""
    app()
