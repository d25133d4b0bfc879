"""How does a file leave the service: whole or while it is made, under its name, to be saved?"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"


def as_file(content: bytes, name: str, media_type: str) -> Response:
    """A file that is there."""
    return Response(content, media_type=media_type, headers=_headers(name))


def as_stream(parts: Iterable[bytes], name: str, media_type: str) -> StreamingResponse:
    """A file that is sent while it is made."""
    return StreamingResponse(parts, media_type=media_type, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    """By which a browser saves a file under its name (RFC 6266); that no cache keeps it, each answer says by itself."""
    plain = "".join(sign if sign.isascii() and sign not in '"\\%' else "_" for sign in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": disposition}
