"""A folder of a web server: a file for each date, asked for by its name.

A request goes where the feed says, and nowhere else: no redirect to another host, no proxy but the deployment's, no address that
only this machine or its network could mean beside the one that the feed itself names.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, cast
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import requests
import urllib3

from services.integration.connectors.sources.port import (
    Found,
    Surroundings,
    changed,
    gone,
    in_order,
    invalid,
    refused,
    steady,
    unavailable,
)
from services.integration.connectors.sources.walking import ready_name
from services.integration.model.feed_definition import FeedDefinition
from services.integration.rules.file_names import is_plain, pattern

CONNECT_SECONDS_MAX = 10.0
# Between two pieces, and for a file altogether.
READ_SECONDS_MAX = 60.0
FILE_SECONDS_MAX = 4 * 3_600.0
REDIRECTS_MAX = 5
_HEAD_REFUSED = (400, 405, 501)
_REDIRECTS = (301, 302, 303, 307, 308)
_UNKNOWN = -1


class HttpSource:
    """Files below an address. Whether one changed is told by its ETag, or by when it was changed and its length."""

    lists = False

    def __init__(self, definition: FeedDefinition, surroundings: Surroundings) -> None:
        self._pattern = pattern(definition.source.file)
        self._ready = pattern(definition.source.ready_file) if definition.source.ready_file else None
        self._base = _base(definition.source.location)
        if self._pattern.is_open or not self._pattern.is_dated:
            raise invalid("The files of an HTTP source have one name for each date, such as balances_{date:%Y%m%d}.csv.")
        self._bytes_max = surroundings.bytes_max
        self._by_proxy = bool(surroundings.http_proxy)
        self._session = _session(surroundings, surroundings.secret(definition.source.secret))

    def find(self, dates: Sequence[date] | None = None) -> list[Found]:
        found = [self._found(day) for day in dates or ()]
        return in_order([each for each in found if each])

    def beside(self, name: str) -> Found | None:
        return self._at(name, None) if is_plain(name) else None

    def open(self, found: Found) -> BinaryIO:
        # The same or nothing: what came in its place in between is found by the next look.
        headers = {"If-Match": found.version} if found.version.startswith('"') else {}
        response = self._answer("GET", found.name, headers)
        if response.status_code != requests.codes.ok:
            response.close()
            raise changed() if response.status_code == requests.codes.precondition_failed else gone()
        if found.version and _version(response) != found.version:
            response.close()
            raise changed()
        return steady(cast("BinaryIO", _Body(response)), _length(response), self._bytes_max)

    def close(self) -> None:
        self._session.close()

    def _found(self, day: date) -> Found | None:
        name = self._pattern.name_for(day)
        found = self._at(name, day)
        return None if found is None else replace(found, complete=self._complete(name, day))

    def _at(self, name: str, day: date | None) -> Found | None:
        with self._head(name) as response:
            if response.status_code != requests.codes.ok:
                return None
            return Found(name, _length(response), _changed_at(response), day, _version(response))

    def _complete(self, name: str, day: date) -> bool | None:
        if self._ready is None:
            return None
        ready = ready_name(self._ready, name, day)
        if ready is None:
            return False
        with self._head(ready) as response:
            return response.status_code == requests.codes.ok

    def _head(self, name: str) -> requests.Response:
        response = self._answer("HEAD", name, {})
        if response.status_code not in _HEAD_REFUSED:
            return response
        response.close()
        # Its head alone is read of the answer.
        return self._answer("GET", name, {})

    def _answer(self, method: str, name: str, headers: dict[str, str]) -> requests.Response:
        """An answer that is the file or says that there is none; its body is not read yet."""
        address = f"{self._base.geturl()}/{quote(name)}"
        for _hop in range(REDIRECTS_MAX + 1):
            response = self._ask(method, address, headers)
            if response.status_code not in _REDIRECTS:
                return _judged(response)
            address = urljoin(address, response.headers.get("Location", ""))
            response.close()
            if not self._is_same_host(urlsplit(address)):
                raise refused("The server sends us to another host; the feed must name the one that is meant.")
        raise refused(f"The server sends us on more than {REDIRECTS_MAX} times.")

    def _ask(self, method: str, address: str, headers: dict[str, str]) -> requests.Response:
        if not self._by_proxy:
            _require_reachable(cast("str", self._base.hostname), _port(self._base))
        try:
            return self._session.request(
                method,
                address,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS_MAX, READ_SECONDS_MAX),
            )
        except requests.exceptions.SSLError:
            raise refused("The server's certificate is not one that is trusted.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError):
            # Without the library's own text, which has the address and its query.
            raise unavailable("The server does not answer.") from None

    def _is_same_host(self, address: SplitResult) -> bool:
        return (address.scheme, address.hostname, _port(address)) == (self._base.scheme, self._base.hostname, _port(self._base))


class _Body(io.RawIOBase):
    """The body of an answer, as it is sent."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._deadline = time.monotonic() + FILE_SECONDS_MAX

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._deadline:
            raise unavailable("The server sends the file too slowly.")
        try:
            return cast("bytes", self._response.raw.read(size, decode_content=True))
        except (urllib3.exceptions.HTTPError, requests.RequestException, OSError):
            raise unavailable("The connection broke while the file was read.") from None

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


def _session(surroundings: Surroundings, authorization: str) -> requests.Session:
    session = requests.Session()
    # Neither proxies nor sign-ins of the environment, or of whoever's home this runs in.
    session.trust_env = False
    session.headers.update({"User-Agent": "rm-workbench", "Accept-Encoding": "identity"})
    if surroundings.http_proxy:
        session.proxies = {"http": surroundings.http_proxy, "https": surroundings.http_proxy}
    if surroundings.http_authority:
        session.verify = str(surroundings.http_authority)
    if authorization:
        if not authorization.isprintable() or not authorization.isascii():
            raise invalid("The secret of an HTTP source is the value of an Authorization header, such as `Bearer …`.")
        session.headers["Authorization"] = authorization
    return session


def _base(location: str) -> SplitResult:
    try:
        address = urlsplit(location.rstrip("/"))
        unfit = address.scheme not in ("http", "https") or not address.hostname or _port(address) < 1
    except ValueError:
        unfit, address = True, urlsplit("")
    if unfit or address.username or address.password or address.query or address.fragment:
        raise invalid("An HTTP source is http(s)://host:port/folder; what opens it is the feed's `secret`.")
    return address


def _port(address: SplitResult) -> int:
    return address.port if address.port is not None else {"http": 80, "https": 443}.get(address.scheme, 0)


def _require_reachable(host: str, port: int) -> None:
    """Refuses names that lead to addresses which no file server has: those of a link (where clouds tell secrets), of groups."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise unavailable("There is no such host.") from None
    for entry in found:
        address: Any = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            raise refused("The host's name leads to an address that no file server has.")


def _judged(response: requests.Response) -> requests.Response:
    status = response.status_code
    if status in (requests.codes.ok, *_HEAD_REFUSED, requests.codes.not_found, requests.codes.gone, 412):
        return response
    response.close()
    if status in (requests.codes.unauthorized, requests.codes.forbidden, requests.codes.proxy_authentication_required):
        raise refused(f"The server does not let us in: it answers {status}.")
    raise unavailable(f"The server answers {status}.")


def _length(response: requests.Response) -> int:
    # Of a body that is compressed on its way the length says nothing.
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return _UNKNOWN
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else _UNKNOWN


def _version(response: requests.Response) -> str:
    if tag := response.headers.get("ETag", ""):
        return tag[:200]
    moment = response.headers.get("Last-Modified", "")
    return f"{moment[:64]} {_length(response)}" if moment else ""


def _changed_at(response: requests.Response) -> datetime | None:
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(response.headers.get("Last-Modified", ""))
    return None
