"""How do two programs not overwrite each other, and how is a repeated request done once? ETags and idempotency keys."""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Header, HTTPException, Request, Response
from fastapi.params import Depends as DependsParam
from starlette.concurrency import run_in_threadpool

from app.api.strict_json import JsonRequest, is_json
from app.routing import DbSession, PolicyRoute
from app.services import idempotency

KEPT_FOR: Final = timedelta(days=2)
"""How long the answer to a key is remembered; long enough for a job that is tried again the next night."""
REPLAYED: Final = "Idempotency-Replayed"


def etag(version: int) -> str:
    """The entity tag of a row at a version."""
    return f'"{version}"'


def with_tag(response: Response, version: int) -> None:
    """Name the version of what the answer shows."""
    response.headers["ETag"] = etag(version)


async def _wanted_version(if_match: Annotated[str | None, Header(max_length=100)] = None) -> int | None:
    if if_match is None:
        return None
    number = if_match.strip().removeprefix('"').removesuffix('"')
    # What is no tag of ours can match nothing
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1  # noqa: PLR2004 - digits


async def _required_version(wanted: Annotated[int | None, Depends(_wanted_version)]) -> int:
    if wanted is None:
        raise HTTPException(HTTPStatus.PRECONDITION_REQUIRED)
    return wanted


OptionalVersion = Annotated[int | None, Depends(_wanted_version)]
"""The version that the caller has seen, where the feed of another program may also write without looking."""
RequiredVersion = Annotated[int, Depends(_required_version)]
"""The version that the caller has seen; 428 without one, 412 when somebody was faster."""


class _Repeated(Exception):
    """The request came before: its answer is on record."""

    def __init__(self, answer: idempotency.Answer) -> None:
        super().__init__()
        self.answer = answer


def _claim_key(
    request: Request,
    session: DbSession,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[ -~]+$",
            description="The same request with the same key is done once.",
        ),
    ] = None,
) -> None:
    """Take the key inside the transaction of the effect: whoever comes second waits, and then finds the answer."""
    if idempotency_key is None:
        return
    claim = idempotency.claim(
        session, request.state.actor, key=idempotency_key, request_hash=request.state.request_hash, keep=KEPT_FOR
    )
    if isinstance(claim, idempotency.Answer):
        raise _Repeated(claim)
    request.state.claim = claim


class ApiRoute(PolicyRoute):
    """A route of the API: each POST may carry an Idempotency-Key, whose answer is kept in the same transaction."""

    keeps_answers: ClassVar[bool] = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if self.keeps_answers and "POST" in (options.get("methods") or ()):
            given: list[DependsParam] = list(options.get("dependencies") or ())
            options["dependencies"] = [*given, Depends(_claim_key)]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler between taking the key and keeping its answer."""
        handler = super().get_route_handler()

        async def exchanged(plain: Request) -> Response:
            request = JsonRequest(plain.scope, plain.receive)
            if self.body_field is not None and _has_foreign_body(request):
                raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            if not self.keeps_answers or request.method != "POST" or "idempotency-key" not in request.headers:
                return await handler(request)
            request.state.request_hash = _digest(request.method, request.scope, await request.body())
            try:
                response = await handler(request)
            except _Repeated as repeated:
                return _replay(repeated.answer)
            claim = getattr(request.state, "claim", None)
            if claim is not None:
                session: DbSession = request.state.session
                await run_in_threadpool(idempotency.keep, session, claim, _answer(response))
            return response

        return exchanged


class SecretRoute(ApiRoute):
    """A route of which nothing is kept, neither the answer nor a digest of what came: it heeds no Idempotency-Key."""

    keeps_answers = False


def _has_foreign_body(request: Request) -> bool:
    headers = request.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return has_body and not is_json(headers.get("content-type", ""))


def _digest(method: str, scope: Mapping[str, Any], body: bytes) -> str:
    parts = (method.encode(), scope["path"].encode(), scope["query_string"], body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _answer(response: Response) -> idempotency.Answer:
    return idempotency.Answer(
        status=response.status_code,
        location=response.headers.get("location"),
        etag=response.headers.get("etag"),
        body=bytes(response.body).decode(),
    )


def _replay(answer: idempotency.Answer) -> Response:
    response = Response(answer.body, answer.status, media_type="application/json")
    response.headers[REPLAYED] = "true"
    if answer.location:
        response.headers["Location"] = answer.location
    if answer.etag:
        response.headers["ETag"] = answer.etag
    return response
