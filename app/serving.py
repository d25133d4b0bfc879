"""How is the service started: what must be true before it answers, what is said, and how does it run?"""

import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from uvicorn.supervisors import Multiprocess

from app import schema, sealing, signing
from app.database import make_engine, make_sessions, transaction
from app.documents import scorecard_pdf
from app.main import create_app, settled
from app.services import accounts, evidence
from app.services.library import seed_library
from app.settings import Settings, load_settings

Say = Callable[[str], None]

_WAITING: Final = 2_048
"""Connections that may wait while the service is busy."""
_GRACE: Final = 15
"""Seconds that running requests have when the service is stopped."""


class CannotStart(Exception):
    """Something outside must be put right first; the text says what, in one line."""


def read_settings() -> Settings:
    """The settings of this process, or what is wrong with them."""
    try:
        return load_settings()
    except ValidationError as refused:
        faults = [
            f"KINERJA_{str(each['loc'][0]).upper() if each['loc'] else '…'}: {each['msg']}" for each in refused.errors()
        ]
        raise CannotStart("; ".join(faults)) from refused


def prepared_engine(settings: Settings, say: Say) -> Engine:
    """The database, set up if it was empty; one of another revision is left alone."""
    engine = make_engine(settings.database_url)
    scorecard_pdf.keep_in(settings.data_dir / "frozen")
    try:
        if schema.is_empty(engine):
            say("The database is empty: setting it up.")
            migrate(engine)
        present = schema.present(engine)
    except DBAPIError as unreachable:
        raise CannotStart(f"The database cannot be used: {_first_line(unreachable)}") from unreachable
    if present != schema.needed():
        raise CannotStart(
            f"The database is at revision {present or 'none'}, this version needs {schema.needed()}."
            " Make a backup, then run: kinerja migrate"
        )
    return engine


def migrate(engine: Engine) -> None:
    """Bring the database to the revision of this code, with the KPI library that comes with it."""
    schema.upgrade(engine)
    with transaction(make_sessions(engine)) as session:
        seed_library(session)


def serve(settings: Settings, workers: int, say: Say) -> None:
    """Answer until the process is told to stop."""
    see_to_seal(settings)
    listening = _listen(settings)
    engine = prepared_engine(settings, say)
    _ = settings.secret  # made now, by one process, before several need it
    say(f"Kinerja is at {settings.base_url}")
    with transaction(make_sessions(engine)) as session:
        link = accounts.first_hr_link(session)
        evidence.sweep(session, settings.data_dir)
    if link:
        say(f"Make the first HR account, once, within {accounts.LINK_LASTS.days} days: {settings.base_url}{link}")
    see_to_signing(settings, say)
    if workers == 1:
        uvicorn.Server(_config(settings, settled(create_app(settings, engine)))).run([listening])
    else:
        engine.dispose()
        config = _config(settings, "app.main:from_environment", workers=workers, factory=True)
        Multiprocess(config, sockets=[listening]).run()


def see_to_signing(settings: Settings, say: Say) -> None:
    """Have a key that signs releases, and say what the operator has to do about a new one."""
    try:
        made = signing.make_key(settings)
        fingerprint = signing.fingerprint(signing.public_key(settings))
    except signing.KeyUnusable as unusable:
        raise CannotStart(f"KINERJA_SIGNING_KEY: {unusable}") from unusable
    if made is not None:
        say(f"A key that signs releases was made: {made}. Keep a copy of it, and tell people its fingerprint:")
        say(f"  {fingerprint}")


def see_to_seal(settings: Settings) -> None:
    """Refuse what would let PDFs leave without the seal that the settings ask for."""
    try:
        sealing.usable_seal(settings)
    except sealing.SealUnusable as unusable:
        raise CannotStart(f"KINERJA_SEAL_PKCS12: {unusable}") from unusable


def _config(settings: Settings, app: object, workers: int = 1, *, factory: bool = False) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an application, or where to find what makes one
        factory=factory,
        workers=workers,
        log_level="warning",
        access_log=False,  # addresses hold one-time links
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_GRACE,
    )


def _listen(settings: Settings) -> socket.socket:
    """The socket, listening before the address is said, so that whoever reads it finds somebody there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as taken:
        listening.close()
        raise CannotStart(
            f"Port {settings.port} of {settings.host} cannot be used ({taken.strerror});"
            " choose another with --port or KINERJA_PORT"
        ) from taken
    listening.listen(_WAITING)
    listening.set_inheritable(True)
    return listening


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
