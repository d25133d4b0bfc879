"""What does a document say about itself? Once for readers of old and once as XML, which must say the same."""

import re
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Final
from xml.sax.saxutils import escape

from app.documents.frozen.objects import text

BLANK: Final = (
    '<title>@title@</title><meta name="author" content="@author@" /><meta name="description" content="@subject@" />'
    '<meta name="generator" content="@creator@" /><meta name="dcterms.created" content="2001-02-03T04:05:06+00:00" />'
    '<meta name="dcterms.modified" content="2001-02-03T04:05:06+00:00" />'
)
"""The head of a page from which the engine makes the XML once for all cards."""

_PRODUCER: Final = f"WeasyPrint {version('weasyprint')}"
_BLANK: Final = re.compile("@(title|author|subject|creator)@")
_ANY_MOMENT: Final = re.compile("2001-02-03T04:05:06[+]00:00")
_MOMENTS: Final = re.compile(
    r'<rdf:Description rdf:about=""><xmp:(?:Create|Modify)Date>[^<]*</xmp:\w+></rdf:Description>'
)


def dictionary(known: Mapping[str, str]) -> bytes:
    """What the document says about itself, as readers of old look for it."""
    names = ((b"Title", "title"), (b"Author", "author"), (b"Subject", "subject"), (b"Creator", "creator"))
    entries = [b"/%s%s" % (name, text(known[key])) for name, key in names]
    if "created" in known:
        moment = _moment(known["created"])
        entries.append(b"/CreationDate(%s)/ModDate(%s)" % (moment, moment))
    return b"<<%s/Producer%s>>" % (b"".join(entries), text(_PRODUCER))


def _moment(written: str) -> bytes:
    """`2026-10-06T08:41:00+00:00` as PDF writes it."""
    moment = datetime.fromisoformat(written)
    zone = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}".encode()


def packet(blank: str, known: Mapping[str, str]) -> bytes:
    """The same as XML; what never was published has no moment."""
    dated = _ANY_MOMENT.sub(known["created"], blank) if "created" in known else _MOMENTS.sub("", blank)
    return _BLANK.sub(lambda name: escape(known[name[1]]), dated).encode("utf-8", "replace")
