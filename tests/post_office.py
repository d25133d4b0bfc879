"""To which mail server do tests send? A real one within the process, which can be slow, stubborn or away."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from app.documents.smtp import Server


class PostOffice:
    """What the server has taken, and how it behaves."""

    def __init__(self, port: int) -> None:
        self.server = Server("127.0.0.1", port, tls="none", seconds=0.4)
        self.taken: list[EmailMessage] = []
        self.replies: dict[str, str] = {}
        """What it answers to a recipient instead of taking the mail."""
        self.seconds = 0.0
        """How long it thinks after it has taken a mail."""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - likewise
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        """To whom mail came, sorted."""
        return sorted(str(message["To"].addresses[0].addr_spec) for message in self.taken)


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_office(office: PostOffice) -> Iterator[PostOffice]:
    """The server, answering."""
    controller = Controller(office, hostname="127.0.0.1", port=office.server.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The plain or the designed text of a mail."""
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text.replace("\r\n", "\n")
