"""What can be asked of the command `kinerja`? Thin: it parses, calls services or rules, and prints.

Heavy imports (database, web, PDF) stand inside the commands that need them: `kinerja score` starts in a moment.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from app.documents.cards import CardRefused
from app.documents.score_files import fault_lines, score_json, score_lines
from app.rules.faults import Fault
from app.rules.vocabulary import Language

app = typer.Typer(name="kinerja", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

_PROGRESS_EVERY = 200  # lines


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
    from app.demo.content import company
    from app.demo.fill import Wish

    os.environ.setdefault("KINERJA_ORGANISATION_NAME", company().name)
    with _refusals(serving.CannotStart):
        settings = serving.read_settings()
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
