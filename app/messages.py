"""What does a code say to a reader? The English text of every fault and refusal; catalogues translate it."""

from collections.abc import Mapping
from typing import Final

from app.errors import KinerjaError
from app.fault_texts import FAULT_TEXTS
from app.i18n import Locale
from app.rules.faults import Fault

TEXTS: Final[Mapping[str, str]] = {
    **FAULT_TEXTS,
    # a field of a form
    "choice_unknown": "choose one of the values offered",
    "date_unreadable": "is not a date; write it like 31/12/2026",
    "email_unreadable": "is not an e-mail address",
    "file_missing": "choose a file",
    "number_ambiguous": "mixes points and commas in a way that cannot be read",
    "repeated": "was sent more than once",
    "text_too_long": "must have at most %(limit)s characters",
    "too_large": "must be at most %(maximum)s",
    "too_small": "must be at least %(minimum)s",
    # an account
    "already_taken": "is already in use",
    "link_not_good": "This link has been used, has expired or is not complete. Ask HR for a new one.",
    "not_on_yourself": "You cannot do this to your own account.",
    "password_about_you": "must not be made from your name, e-mail address or employee number",
    "password_common": "is one of those that are tried first; choose one that is harder to guess",
    "password_too_long": "must have at most 128 characters",
    "password_too_short": "must have at least 12 characters",
    "password_wrong": "is not your present password",
    "person_has_left": "This person has left.",
    "person_without_email": "Enter an e-mail address for this person first.",
    "sign_in_refused": "E-mail address or password is not right.",
    "too_many_tokens": "cannot be added: you have %(most)s already",
    # a whole request
    "foreign_origin": "This was not sent from one of our own pages. Nothing was changed.",
    "token_missing": "A personal API token is needed.",
    "too_large_body": "This is larger than what can be accepted.",
    "unreadable": "cannot be read",
    "unexpected": "Nothing was changed. Please try again; if it happens again, tell whoever runs this service.",
    "form_outdated": "This page belongs to an earlier sign-in. Nothing was changed; please try again.",
    "invalid": "Some values cannot be accepted.",
    "not_allowed": "You may see this, but not change it in this way.",
    "not_found": "This page does not exist, or you may not see it.",
    "stale": "Somebody else has changed this in the meantime. Look at the present state and try again.",
}
"""Code → English; `%(name)s` is filled from the fault's values, a percent sign is written `%%`."""


def fault_text(fault: Fault, locale: Locale) -> str:
    """What is wrong with a value, in the reader's language."""
    return code_text(fault.code, fault.values, locale)


def error_text(error: KinerjaError, locale: Locale) -> str:
    """Why a request was refused, in the reader's language."""
    return code_text(error.code, error.values, locale)


def code_text(code: str, values: Mapping[str, str], locale: Locale) -> str:
    """The text of a code, in the reader's language."""
    return locale.text(TEXTS[code], **values)
