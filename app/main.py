"""How are the parts put together? The only place that knows them all."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app import __version__, api, jobs, preparing, schema, web
from app.database import Sessions, make_engine, make_sessions
from app.documents import scorecard_pdf
from app.errors import Conflict, KinerjaError
from app.messages import TEXTS
from app.route_search import RouteSearch
from app.routing import Needs, make_router
from app.rules.vocabulary import Action
from app.services.organisation import SETTINGS
from app.settings import Settings, load_settings
from app.web import assets
from app.web.render import error_page, refusal_page
from app.web.session import SessionMiddleware
from app.web.shield import HeadersMiddleware, LastResortMiddleware

_HTTP_CODES = {
    400: "unreadable",
    404: "not_found",
    405: "not_found",
    413: "too_large_body",
    415: "unreadable",
    422: "unreadable",
}
_API_CODES = {
    400: "unreadable_request",
    404: "not_found",
    405: "method_unknown",
    413: "too_large_body",
    415: "body_not_json",
    428: "version_missing",
}

_GARBAGE: Final = 10_000
"""New objects between two looks for garbage; most pages make fewer that are not gone by then."""

health = make_router(include_in_schema=False)


@health.api_route("/healthz", methods=["GET", "HEAD"], dependencies=[Depends(Needs(Action.PUBLIC))])
def alive() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@health.api_route("/readyz", methods=["GET", "HEAD"], dependencies=[Depends(Needs(Action.PUBLIC))])
def ready(request: Request) -> JSONResponse:
    """The database is reachable and at the revision that this code needs."""
    engine: Engine = request.app.state.engine
    try:
        is_ready = schema.present(engine) == schema.needed()
    except DBAPIError:
        is_ready = False
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse({"status": "ok" if is_ready else "not ready"}, status)


def create_app(settings: Settings, engine: Engine | None = None, sessions: Sessions | None = None) -> FastAPI:
    """The whole service; tests bring their own engine and sessions."""
    app = FastAPI(
        title="Kinerja",
        version=__version__,
        lifespan=_lifespan,
        openapi_url=f"{api.PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.engine = engine or make_engine(settings.database_url)
    app.state.sessions = sessions or make_sessions(app.state.engine)
    app.state.sessions.configure(info={SETTINGS: settings})
    app.include_router(health)
    for router in web.ROUTERS:
        app.include_router(router, include_in_schema=False)
    for router in api.ROUTERS:
        app.include_router(router, prefix=api.PREFIX)
    app.mount(assets.PREFIX, assets.StaticFiles(settings.data_dir / "cache"))
    app.router.middleware_stack = RouteSearch(app.router)
    _handle_errors(app)
    api.describe(app, api.PREFIX)
    # The last one added is the first to see a request; the limit stands inside, so that we say ourselves what is wrong
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body_bytes)
    app.add_middleware(SessionMiddleware, owner=app, refuse_api=api.refuse)
    hosts = [host.strip() for host in settings.allowed_hosts.split(",") if host.strip()]
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.add_middleware(LastResortMiddleware, owner=app, answer=_unforeseen)
    app.add_middleware(HeadersMiddleware, settings=settings)
    return app


def from_environment() -> FastAPI:
    """The service as the environment sets it up; what each worker process calls."""
    return settled(create_app(load_settings()))


def settled(app: FastAPI) -> FastAPI:
    """The service in a process that does nothing else: what stands by now stays, and is not searched for garbage.

    The collector would go through some 300,000 objects of modules and routes every few pages, a quarter of a second.
    """
    list_routes(app)  # the framework puts much together only when somebody asks
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    return app


def list_routes(app: FastAPI) -> list[dict[str, Any]]:
    """Every route, those of included routers too: its methods, its path, and the action that its policy checks."""
    return [
        {
            "methods": sorted(route.methods or {"GET", "HEAD"}),
            "path": route.path,
            "action": getattr(route.original_route, "action", Action.PUBLIC).value,
        }
        for route in iter_route_contexts(app.routes)
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    scorecard_pdf.keep_in(settings.data_dir / "frozen")
    helpers: list[jobs.Worker | preparing.Preparer] = []
    if settings.worker == "inside":
        helpers = [jobs.Worker(app.state.sessions, settings), preparing.Preparer(app.state.sessions, settings)]
    for helper in helpers:
        helper.start()
    yield
    for helper in helpers:
        await run_in_threadpool(helper.stop)
    app.state.engine.dispose()


def _is_for_api(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.startswith("/api/")


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(KinerjaError)
    def refused(request: Request, error: KinerjaError) -> Response:
        return api.refusal(request, error) if _is_for_api(request) else refusal_page(request, error)

    # Somebody else was faster: the version of a row had moved on, or a unique value was taken since we had looked
    @app.exception_handler(StaleDataError)
    @app.exception_handler(IntegrityError)
    def overtaken(request: Request, _error: Exception) -> Response:
        return refused(request, Conflict("stale"))

    @app.exception_handler(HTTPException)
    def unfit(request: Request, error: HTTPException) -> Response:
        codes = _API_CODES if _is_for_api(request) else _HTTP_CODES
        code = codes.get(error.status_code, "unreadable")
        response = _say(request, error.status_code, code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        if _is_for_api(request):
            return api.unreadable(request, error)
        # No page of ours leads to an address that its route cannot read
        return _say(request, HTTPStatus.NOT_FOUND, "not_found")


def _say(request: Request, status: int, code: str) -> Response:
    if _is_for_api(request):
        return api.refuse(request, status, code)
    return error_page(request, status, request.state.locale.text(TEXTS[code]))


def _unforeseen(request: Request, reference: str) -> Response:
    if _is_for_api(request):
        return api.refuse(request, 500, "unexpected")
    return error_page(request, 500, request.state.locale.text(TEXTS["unexpected"]), reference=reference)
