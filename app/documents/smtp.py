"""How is a mail handed to the mail server, and what is known when that fails?"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final, Self

_TAKEN: Final = (250, 251)
_GO_ON: Final = 354
_LEAVING: Final = 421
"""The server closes the connection."""
_FOR_GOOD: Final = 500
"""Replies from here on will be the same next time (RFC 5321, 4.2.1)."""


class NotTaken(Exception):
    """The server has certainly not taken the mail."""

    def __init__(self, reason: str, *, is_for_good: bool = False, is_server: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_for_good = is_for_good
        """Whether trying again can never help."""
        self.is_server = is_server
        """Whether it is the server that is out of order, so that no other mail needs to be tried now."""


class Unclear(Exception):
    """The mail was on its way when the connection broke: nobody can know whether it was taken."""


@dataclass(frozen=True, slots=True)
class Server:
    """Which mail server, and how one speaks to it."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    seconds: float = 20
    """How long each answer may take."""


class Post:
    """A connection that is opened when first needed, and again after it broke; use it in a with statement."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._close()

    def deliver(self, message: EmailMessage, sender: str, to: str) -> None:
        """Hand one mail over to one recipient; raises NotTaken or Unclear."""
        try:
            smtp = self._open = self._open or self._connect()
        except (smtplib.SMTPException, OSError) as failed:
            raise NotTaken(_reason(failed), is_server=True) from failed
        try:
            self._announce(smtp, sender, to)
        except (smtplib.SMTPException, OSError) as broken:
            self._close()
            raise NotTaken(_reason(broken), is_server=True) from broken
        self._hand_over(smtp, message)

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        name = socket.gethostname()  # the library's own way asks the network for it
        if server.tls == "tls":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.seconds, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.seconds)
        try:
            if server.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _announce(self, smtp: smtplib.SMTP, sender: str, to: str) -> None:
        """Everything before the text: until the server asks for that, it has taken nothing."""
        steps: tuple[tuple[Callable[[], tuple[int, bytes]], tuple[int, ...]], ...] = (
            (lambda: smtp.mail(sender), _TAKEN),
            (lambda: smtp.rcpt(to), _TAKEN),
            (lambda: smtp.docmd("DATA"), (_GO_ON,)),
        )
        for ask, good in steps:
            code, said = ask()
            if code not in good:
                self._start_anew(smtp)
                raise _refusal(code, said)

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            smtp.send(re.sub(rb"(?m)^\.", b"..", message.as_bytes()) + b"\r\n.\r\n")
            code, said = smtp.getreply()
        except (smtplib.SMTPException, OSError) as broken:
            self._close()
            raise Unclear(_reason(broken)) from broken
        if code not in _TAKEN:
            self._start_anew(smtp)
            raise _refusal(code, said)

    def _start_anew(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _refusal(code: int, said: bytes) -> NotTaken:
    is_leaving = code == _LEAVING
    return NotTaken(f"{code} {said.decode('utf-8', 'replace')}", is_for_good=code >= _FOR_GOOD, is_server=is_leaving)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
