"""What can be set from outside, with which default, and which values are refused?"""

import os
import re
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_FILE_SUFFIX = "_FILE"


def _read_secret_files() -> None:
    """Let every setting also be given as NAME_FILE, the way container platforms hand over secrets."""
    for name, path in list(os.environ.items()):
        if name.startswith("KINERJA_") and name.endswith(_FILE_SUFFIX):
            os.environ.setdefault(name.removesuffix(_FILE_SUFFIX), Path(path).read_text("utf-8").strip())


class Settings(BaseSettings):
    """Every setting of the service; read from KINERJA_… variables and a `.env` file."""

    model_config = SettingsConfigDict(env_prefix="KINERJA_", env_file=".env", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    data_dir: Path = Path("data")
    database_url: str = ""
    base_url: str = ""
    """Address under which people reach the service; taken from host and port when empty."""
    allowed_hosts: str = "*"
    """Host names answered, separated by commas; `*` answers any."""
    trusted_proxies: str = ""
    """Addresses of proxies whose X-Forwarded-For and -Proto are believed, separated by commas; `*` believes any."""
    secure_cookies: bool | None = None
    """Cookies only over HTTPS; by itself on when base_url begins with https."""
    time_zone: str = "Asia/Jakarta"
    organisation_name: str = "Kinerja"
    default_language: Annotated[str, Field(pattern="^(id|en)$")] = "id"
    session_idle_minutes: Annotated[int, Field(ge=1)] = 60
    """After how long without a request somebody must sign in again."""
    session_idle_minutes_hr: Annotated[int, Field(ge=1)] = 30
    session_hours: Annotated[int, Field(ge=1)] = 12
    """After how long everybody must sign in again."""
    max_body_bytes: Annotated[int, Field(ge=10_000)] = 30_000_000
    max_evidence_bytes: Annotated[int, Field(ge=1_000)] = 10_000_000
    """The size of one evidence file."""
    smtp_host: str = ""
    """The mail server; without one notices are read in the service alone."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    """The address from which mail comes; needed with smtp_host."""
    smtp_tls: Annotated[str, Field(pattern="^(starttls|tls|none)$")] = "starttls"
    """starttls asks for encryption after the greeting, tls speaks it from the start, none is for a server next door."""
    mail_window_minutes: Annotated[int, Field(ge=0, le=1440)] = 60
    """In how many minutes one person gets at most one mail."""
    mail_daily_hour: Annotated[int, Field(ge=0, le=23)] = 7
    """At which hour the mail of those goes out who want one a day."""
    remind_before_days: Annotated[int, Field(ge=0, le=60)] = 3
    """How many days before something is due a reminder goes out."""
    remind_after_days: Annotated[int, Field(ge=1, le=60)] = 3
    """How many days after that it is called overdue."""
    escalate_after_days: Annotated[int, Field(ge=1, le=120)] = 10
    """How many days after that the next manager hears of it."""
    retention_years: Annotated[int, Field(ge=1, le=100)] = 5
    """How many years after leaving somebody's data is kept before HR is asked to erase it."""
    signing_key: str = ""
    """The Ed25519 key that signs releases, as PEM; made in the data folder when empty."""
    seal_pkcs12: str = ""
    """The PKCS#12 file with the key and certificate that seal PDFs; `seal.p12` of the data folder where empty."""
    seal_passphrase: str = ""
    worker: Annotated[str, Field(pattern="^(inside|none)$")] = "inside"
    """Whether `kinerja serve` does the background work itself; with none run `kinerja worker` beside it."""
    pdf_processes: Annotated[int, Field(ge=0, le=64)] = 0
    """How many processes prepare PDFs in bulk; 0 is one for each processor, four at most."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"unknown time zone {value!r}") from unknown
        return value

    @model_validator(mode="after")
    def _defaults_from_others(self) -> Self:
        values = self.__dict__
        values["data_dir"] = self.data_dir.absolute()
        if not self.database_url:
            values["database_url"] = f"sqlite:///{self.data_dir / 'kinerja.sqlite3'}"
        if not self.base_url:
            values["base_url"] = f"http://{self.host}:{self.port}"
        if self.secure_cookies is None:
            values["secure_cookies"] = self.base_url.startswith("https://")
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.smtp_from):
            raise ValueError("KINERJA_SMTP_FROM must be an e-mail address where KINERJA_SMTP_HOST is set")
        if self.escalate_after_days <= self.remind_after_days:
            raise ValueError("KINERJA_ESCALATE_AFTER_DAYS must be more than KINERJA_REMIND_AFTER_DAYS")
        return self

    @cached_property
    def secret(self) -> bytes:
        """The key that signs links and check values; made on first use and kept in the data folder."""
        path = self.data_dir / "secret"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(48))
            except FileExistsError:
                pass
        return path.read_bytes().strip()


def load_settings() -> Settings:
    """Read the settings of this process from its environment."""
    _read_secret_files()
    return Settings()
