"""The workbench's page: its built files, and the session that a browser keeps.

The page holds its access token in memory alone. What renews it, the refresh token, stays in a cookie that no script can read and
no other site can send (HttpOnly, SameSite=Strict, for this address only), so that a reload keeps somebody signed in and a script
that does not belong here takes nothing away.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, request
from google.protobuf.json_format import MessageToDict
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from gateway.exchange import EXCHANGE_KEY, Exchange
from gateway.headers import NO_STORE, PAGE_FILES
from services.chassis.kernel.errors import InvalidInput, NotAuthenticated, NotFound, WorkbenchError

# Who opens sessions; without it nobody could sign in on the page.
SERVICE = "identity"
CREATE_METHOD = "workbench.identity.v1.SessionService.CreateSession"
REFRESH_METHOD = "workbench.identity.v1.SessionService.RefreshSession"
FOLDER = "/app"
SESSION = f"{FOLDER}/session"
COOKIE = "workbench_page"
# Where `make up` puts it.
BUILT = Path(__file__).parents[1] / "build/page"

# Names of files under assets/ hold a hash of what is in them.
_CACHE_FOR_EVER = "public, max-age=31536000, immutable"
_CACHE_BRIEFLY = "public, max-age=60"
# By ending, whatever the machine's own tables say; other files are none of the page's.
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NONCE_PLACE = b"__STYLE_NONCE__"
_SIGN_IN_BYTES_MAX = 4_096
# What a sign-in may say; the fields of `CreateSessionRequest`.
_SIGN_IN_FIELDS = {"login": "login", "password": "password", "totpCode": "totp_code", "newPassword": "new_password"}

# Calls a method of the session service with fields of its request; raises the kernel error of its refusal.
Call = Callable[[Exchange, Mapping[str, Any]], Any]


def policy(nonce: str) -> str:
    """The page's content security policy: its own scripts, styles with its mark, nothing from elsewhere, in nobody's frame."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def page_views(folder: Path, *, create: Call, refresh: Call, https_only: bool, sign_on: Sequence[str]) -> Blueprint:
    """`/app/…` answers the built page of `folder`, `/app/session` opens, renews and ends a browser's session.

    `sign_on`: the names of the bank's single sign-ons, for whoever is not signed in to choose from.
    """
    views = Blueprint("page", __name__)
    _add_files(views, folder)
    _add_session(views, create, refresh, https_only=https_only, sign_on=sign_on)
    return views


def _add_files(views: Blueprint, folder: Path) -> None:
    @views.get("/")
    def root() -> AnyResponse:
        return redirect(f"{FOLDER}/")

    @views.get(f"{FOLDER}/")
    @views.get(f"{FOLDER}/<path:path>")
    def page(path: str = "") -> AnyResponse:
        """A file of the page; the page itself for every address that is one of its own."""
        is_file = f"{FOLDER}/{path}".startswith(PAGE_FILES) or Path(path).suffix in _CONTENT_TYPES
        return _file(folder, path) if is_file else _document(folder)


def _file(folder: Path, path: str) -> AnyResponse:
    found = safe_join(str(folder), path)
    content_type = _CONTENT_TYPES.get(Path(path).suffix)
    if found is None or content_type is None or not Path(found).is_file():
        raise NotFound("PAGE_FILE_NOT_FOUND", "The page has no such file; it may be of an older version: load it anew.")
    # What does not change is compressed once, when it is built.
    packed = Path(f"{found}.gz")
    is_packed = "gzip" in request.accept_encodings and packed.is_file()
    answer = Response(packed.read_bytes() if is_packed else Path(found).read_bytes(), content_type=content_type)
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = _CACHE_FOR_EVER if f"{FOLDER}/{path}".startswith(PAGE_FILES) else _CACHE_BRIEFLY
    return answer


def _document(folder: Path) -> AnyResponse:
    try:
        text = (folder / "index.html").read_bytes()
    except FileNotFoundError:
        raise NotFound("PAGE_NOT_BUILT", "The page has not been built here; `make up` builds it.") from None
    nonce = secrets.token_urlsafe(16)
    answer = Response(text.replace(_NONCE_PLACE, nonce.encode()), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = policy(nonce)
    answer.headers["Cache-Control"] = NO_STORE
    return answer


def _add_session(views: Blueprint, create: Call, refresh: Call, *, https_only: bool, sign_on: Sequence[str]) -> None:
    def opened(tokens: Any) -> AnyResponse:
        said = MessageToDict(tokens, always_print_fields_with_no_presence=True)
        answer = _json({name: said[name] for name in ("accessToken", "expiresInSeconds", "sessionId")})
        answer.set_cookie(
            COOKIE, said["refreshToken"], path=SESSION, httponly=True, samesite="Strict", secure=https_only or request.is_secure
        )
        return answer

    @views.get(SESSION)
    def ways() -> AnyResponse:
        """How somebody may sign in here, and whether this browser has a session to renew."""
        return _json({"singleSignOn": list(sign_on), "renewable": COOKIE in request.cookies})

    @views.post(SESSION)
    def sign_in() -> AnyResponse:
        """Signs in with login and password, or takes over what a single sign-on handed to the page."""
        said = _said()
        if "refreshToken" in said:
            return opened(refresh(_exchange(), {"refresh_token": str(said["refreshToken"])}))
        return opened(
            create(_exchange(), {_SIGN_IN_FIELDS[name]: str(value) for name, value in said.items() if name in _SIGN_IN_FIELDS})
        )

    @views.post(f"{SESSION}/renew")
    def renew() -> AnyResponse:
        """The next access token for the session of this browser."""
        _said()
        token = request.cookies.get(COOKIE, "")
        if not token:
            raise NotAuthenticated("NOT_SIGNED_IN", "Sign in first.")
        try:
            return opened(refresh(_exchange(), {"refresh_token": token}))
        except NotAuthenticated as error:
            return _forgotten(error)

    @views.delete(SESSION)
    def forget() -> AnyResponse:
        """Takes the cookie back; the page closes the session itself (`DELETE /v1/sessions/current`)."""
        answer = Response(status=HTTPStatus.NO_CONTENT)
        answer.delete_cookie(COOKIE, path=SESSION)
        return answer


def _said() -> Mapping[str, Any]:
    # Another site's form can send text and forms here, and no JSON.
    if request.mimetype != "application/json":
        raise InvalidInput("CONTENT_TYPE_UNSUPPORTED", "The body is JSON (application/json).")
    if (request.content_length or 0) > _SIGN_IN_BYTES_MAX:
        raise InvalidInput("BODY_TOO_LARGE", f"A sign-in has {_SIGN_IN_BYTES_MAX} bytes at most.")
    try:
        said = orjson.loads(request.get_data() or b"{}")
    except orjson.JSONDecodeError:
        raise InvalidInput("JSON_INVALID", "The body is not valid JSON.") from None
    if not isinstance(said, dict):
        raise InvalidInput("JSON_INVALID", "The body is an object.")
    return said


def _forgotten(error: WorkbenchError) -> AnyResponse:
    """The refusal of a session that is over, with the cookie taken back: the browser need not ask again."""
    from gateway import problem

    refused = problem.answer(error, _exchange().correlation_id)
    answer = Response(refused.body, refused.status, content_type=refused.content_type, headers=list(refused.headers))
    answer.delete_cookie(COOKIE, path=SESSION)
    return answer


def _json(content: Mapping[str, Any]) -> AnyResponse:
    return Response(orjson.dumps(content), content_type="application/json", headers={"Cache-Control": NO_STORE})


def _exchange() -> Exchange:
    exchange: Exchange = request.environ[EXCHANGE_KEY]
    return exchange
