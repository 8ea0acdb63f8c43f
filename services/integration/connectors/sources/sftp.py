"""A folder of an SFTP server, whose key must be known: a server that is not in the known hosts is not talked to."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from stat import S_ISDIR, S_ISLNK
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from services.integration.connectors.sources.port import (
    ENTRIES_MAX,
    Found,
    Surroundings,
    changed,
    gone,
    invalid,
    refused,
    steady,
    unavailable,
)
from services.integration.connectors.sources.walking import Folder, Look, State, Walk, beside
from services.integration.model.feed_definition import FeedDefinition
from services.integration.rules.file_names import is_plain

CONNECT_SECONDS_MAX = 15.0
ANSWER_SECONDS_MAX = 60.0
# Asked for ahead, so that a distant server is not waited for at each piece.
REQUESTS_AHEAD_MAX = 64
_KEY_KINDS: tuple[Any, ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class KnownServer(SFTPFileSystem):
    """fsspec's file system over a connection to a server that is known; fsspec's own would trust any."""

    cachable = False
    known_hosts: Path

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        # Read only: nothing is ever added to it.
        self.client.load_system_host_keys(str(self.known_hosts))
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        self.client.connect(
            self.host,
            timeout=CONNECT_SECONDS_MAX,
            banner_timeout=CONNECT_SECONDS_MAX,
            auth_timeout=CONNECT_SECONDS_MAX,
            channel_timeout=CONNECT_SECONDS_MAX,
            allow_agent=False,
            look_for_keys=False,
            **self.ssh_kwargs,
        )
        self.ftp = self.client.open_sftp()
        self.ftp.get_channel().settimeout(ANSWER_SECONDS_MAX)


class SftpSource:
    """Files below a folder of the server. A link in it is followed where it stays inside."""

    lists = True

    def __init__(self, definition: FeedDefinition, surroundings: Surroundings) -> None:
        self._source = definition.source
        self._bytes_max = surroundings.bytes_max
        self._folder = Folder(self._entries, self._state)
        self._server = _connected(definition, surroundings)
        self._ftp = self._server.ftp
        path = unquote(urlsplit(definition.source.location).path)
        # `/~/` stands for the home of whoever signs in.
        path = path.removeprefix("/~/") if path.startswith("/~/") else path
        try:
            self._root = (self._ftp.normalize(path or ".") or "/").rstrip("/")
            is_folder = S_ISDIR(self._ftp.stat(self._root or "/").st_mode or 0)
        except (OSError, paramiko.SSHException, EOFError):
            is_folder = False
        if not is_folder:
            self.close()
            raise unavailable("The folder is not there, or cannot be entered.")

    def find(self, dates: Sequence[date] | None = None) -> list[Found]:
        try:
            return Walk(self._folder, self._source.file, self._source.ready_file).find(dates)
        except (paramiko.SSHException, EOFError, OSError):
            raise unavailable("The connection broke while the folder was read.") from None

    def beside(self, name: str) -> Found | None:
        try:
            return beside(self._folder, name)
        except (paramiko.SSHException, EOFError, OSError):
            raise unavailable("The connection broke while the folder was read.") from None

    def open(self, found: Found) -> BinaryIO:
        try:
            path = self._inside(found.name)
            stream = self._ftp.open(path, "rb") if path else None
        except (paramiko.SSHException, EOFError, OSError):
            stream = None
        if stream is None:
            raise gone()
        if _version(stream.stat()) != found.version:
            stream.close()
            raise changed()
        stream.prefetch(found.size_bytes, REQUESTS_AHEAD_MAX)
        return steady(cast("BinaryIO", _Remote(stream)), found.size_bytes, self._bytes_max)

    def close(self) -> None:
        with suppress(Exception):
            self._server.client.close()

    def _entries(self, path: str) -> list[tuple[str, Look | None]]:
        folder = self._inside(path) if path else self._root or "/"
        found: list[tuple[str, Look | None]] = []
        if folder is None:
            return found
        with suppress(FileNotFoundError):
            # To its end, before anything else is asked: paramiko drops answers that come for one question amid another.
            found.extend((entry.filename, _known(entry)) for entry in islice(self._ftp.listdir_iter(folder), ENTRIES_MAX + 1))
        return found

    def _state(self, name: str) -> State | None:
        path = self._inside(name)
        if path is None:
            return None
        try:
            found = self._ftp.stat(path)
        except FileNotFoundError:
            return None
        return _state_of(found)

    def _inside(self, name: str) -> str | None:
        """Where the name leads on the server, behind every link; None where there is nothing, or outside."""
        if not is_plain(name):
            return None
        try:
            path = str(self._ftp.normalize(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None
        return path if path.startswith(f"{self._root}/") else None


class _Remote(io.RawIOBase):
    """A file of the server; a connection that breaks is told as what it is."""

    def __init__(self, file: paramiko.SFTPFile) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except (paramiko.SSHException, EOFError, OSError):
            raise unavailable("The connection broke while the file was read.") from None

    def close(self) -> None:
        if not self.closed:
            with suppress(Exception):
                self._file.close()
        super().close()


def _connected(definition: FeedDefinition, surroundings: Surroundings) -> KnownServer:
    address = urlsplit(definition.source.location)
    if address.scheme != "sftp" or not address.hostname or not address.username or address.password:
        raise invalid("An SFTP source is sftp://user@host:port/folder; what opens it is the feed's `secret`.")
    if surroundings.known_hosts is None or not surroundings.known_hosts.is_file():
        raise invalid("There is no file of known hosts: [services.integration.own] known_hosts.")
    server = type("_KnownServer", (KnownServer,), {"known_hosts": surroundings.known_hosts})
    opening = _opening(surroundings.secret(definition.source.secret))
    try:
        return server(address.hostname, port=address.port or 22, username=unquote(address.username), **opening)
    except paramiko.BadHostKeyException:
        raise refused("The server's key is not the one that is known; nothing was sent to it.") from None
    except paramiko.AuthenticationException:
        raise refused("The server does not let this user in.") from None
    except paramiko.SSHException as error:
        # paramiko has no class of its own for what its policy rejects.
        if "not found in known_hosts" in str(error):
            raise refused("The server is not among the known hosts.") from None
        raise unavailable("The server does not answer as an SFTP server.") from None
    except (OSError, EOFError):
        raise unavailable("The server does not answer.") from None


def _opening(secret: str) -> dict[str, Any]:
    if not secret:
        raise invalid("An SFTP source needs a `secret`: a password, or a private key.")
    if not secret.lstrip().startswith("-----BEGIN"):
        return {"password": secret}
    for kind in _KEY_KINDS:
        with suppress(paramiko.SSHException, ValueError, IndexError):
            return {"pkey": kind.from_private_key(io.StringIO(secret.strip() + "\n"))}
    raise invalid("The secret is a private key that cannot be read: Ed25519, ECDSA or RSA, without a passphrase.")


def _known(entry: paramiko.SFTPAttributes) -> Look | None:
    # A link is asked where it leads; anything else needs no further question to a distant server.
    return None if S_ISLNK(entry.st_mode or 0) else partial(_state_of, entry)


def _state_of(found: paramiko.SFTPAttributes) -> State:
    return State(found.st_mode or 0, found.st_size or 0, datetime.fromtimestamp(found.st_mtime or 0, UTC), _version(found))


def _version(found: paramiko.SFTPAttributes) -> str:
    return f"{found.st_size}-{found.st_mtime}"
