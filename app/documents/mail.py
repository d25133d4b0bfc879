"""How do notices become a mail: subject, plain text and HTML in the reader's language, headers that programs read?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app import templating
from app.i18n import Locale, mark


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in words, and the address of its page if it has one."""

    text: str
    told_at: datetime
    address: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail is made of."""

    name: str
    to: str
    sender: str
    organisation: str
    base_url: str
    token: str
    """Names the mail, the same in every attempt to send it."""
    lines: Sequence[Line]

    @property
    def preferences(self) -> str:
        """Where its reader chooses how often mail comes."""
        return f"{self.base_url}/account#notices"


def compose(letter: Letter, locale: Locale, at: datetime) -> EmailMessage:
    """The mail, with both a plain and a designed text; ValueError for an address that no header can hold."""
    if not letter.to.isascii():
        raise ValueError("the address has letters that mail servers do not take")
    subject = _subject(letter, locale)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = Address(letter.organisation, addr_spec=letter.sender)
    message["To"] = Address(letter.name, addr_spec=letter.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.token}@{letter.sender.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{letter.preferences}>"
    message["Auto-Submitted"] = "auto-generated"  # nobody's absence note answers
    message["Content-Language"] = locale.language.value
    message.set_content(templating.render("mail/notices/body.txt", locale, letter=letter).strip() + "\n")
    html = templating.render("mail/notices/body.html", locale, letter=letter, subject=subject)
    message.add_alternative(html, subtype="html")
    return message


def _subject(letter: Letter, locale: Locale) -> str:
    if len(letter.lines) == 1:
        return letter.lines[0].text
    return locale.text(
        mark("%(number)s notices from %(organisation)s"),
        number=locale.number(len(letter.lines)),
        organisation=letter.organisation,
    )
