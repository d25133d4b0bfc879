"""What do the codes of requests, holds and erasures say to a reader? Merged into app.messages."""

from collections.abc import Mapping
from typing import Final

PRIVACY_TEXTS: Final[Mapping[str, str]] = {
    "already_erased": "This data is erased already.",
    "data_request_answered": "This request was answered already.",
    "day_is_past": "must not be in the past",
    "erasure_asked": "The erasing of this person's data was asked for already.",
    "hold_lifted": "This hold has ended already.",
    "person_held": "This person's data must be kept: a legal hold is in force.",
    "person_still_here": "This person has not left; only the data of people who left can be erased.",
    "too_many_data_requests": "Many of your requests are still open; please wait for the answers.",
}
