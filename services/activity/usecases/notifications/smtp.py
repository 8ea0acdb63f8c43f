"""A connection to the bank's mail server, and what becomes of a mail that is given to it.

A mail is the server's from the moment at which it says so: whoever hears that has to keep it. What is not heard is not known. So
the wait for that word is long, as RFC 5321 (4.5.3.2.6) asks, and nothing interrupts it but the end of the process.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import Enum, auto
from typing import Any

from services.activity.usecases.notifications.settings import NotificationSettings

# For each answer but the one to the mail itself.
COMMAND_SECONDS = 8.0
# For the server's word that the mail is its own.
ACCEPT_SECONDS = 600.0
_DONE, _TEMPORARY, _PERMANENT = 250, 400, 500


class Outcome(Enum):
    """What became of a mail."""

    # The server has it.
    ACCEPTED = auto()
    # The server will never take mail for this address.
    ADDRESS_REFUSED = auto()
    # The server will never take this mail.
    MAIL_REFUSED = auto()
    # Not now: the server is full, busy, or asks to come again.
    LATER = auto()
    # The server is not there, or not as it should be: no mail goes, this one or another.
    SERVER_FAULT = auto()


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, the same however often it is tried."""

    digest_id: str
    address: str
    subject: str
    text: str
    create_time: datetime

    def message(self, settings: NotificationSettings) -> EmailMessage:
        """As it goes over the wire. By its `Message-ID` a mailbox knows one that comes twice."""
        message = EmailMessage(policy=SMTP)
        message["From"] = settings.mail_from
        message["To"] = self.address
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.create_time)
        message["Message-ID"] = f"<{self.digest_id}@{settings.mail_domain}>"
        # No answering machine answers it (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="base64")
        return message


class Connection:
    """One connection, opened when it is first needed; several mails go over it, one after the other."""

    def __init__(self, settings: NotificationSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter, between: Callable[[], None]) -> Outcome:
        """Gives one mail to the server.

        `between` is called before each step that can take a while; what it raises ends the attempt before the mail has gone.
        """
        between()
        try:
            return self._send(letter, between)
        except (OSError, smtplib.SMTPException):
            self.close()
            return Outcome.SERVER_FAULT

    def close(self) -> None:
        """Takes leave of the server."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def abort(self) -> None:
        """Lets go of the server without a word, from another thread than the one that sends."""
        if (server := self._server) is not None:
            server.close()

    def __del__(self) -> None:
        # A run that broke off left it behind.
        self.abort()

    def _send(self, letter: Letter, between: Callable[[], None]) -> Outcome:
        server = self._server = self._server or self._connect(between)
        content = letter.message(self._settings).as_bytes()
        _expect(*server.mail(self._settings.mail_from, [f"size={len(content)}"] if server.has_extn("size") else []))
        between()
        code, _ = server.rcpt(letter.address)
        if code >= _TEMPORARY:
            server.rset()
            return Outcome.ADDRESS_REFUSED if code >= _PERMANENT else Outcome.LATER
        between()
        return self._hand_over(server, content)

    @staticmethod
    def _hand_over(server: smtplib.SMTP, content: bytes) -> Outcome:
        sock: Any = server.sock
        sock.settimeout(ACCEPT_SECONDS)
        try:
            code, _ = server.data(content)
        except smtplib.SMTPDataError as refusal:
            code = refusal.smtp_code
        sock.settimeout(COMMAND_SECONDS)
        if code == _DONE:
            return Outcome.ACCEPTED
        server.rset()
        return Outcome.MAIL_REFUSED if code >= _PERMANENT else Outcome.LATER

    def _connect(self, between: Callable[[], None]) -> smtplib.SMTP:
        settings, context = self._settings, self._context()
        place: dict[str, Any] = {"local_hostname": settings.mail_domain, "timeout": COMMAND_SECONDS}
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, context=context, **place)
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, **place)
        try:
            between()
            server.ehlo_or_helo_if_needed()
            if settings.smtp_security == "starttls":
                # Raises where the server offers none: nothing goes on in the clear.
                server.starttls(context=context)
                server.ehlo()
            between()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except BaseException:  # whatever ends the attempt, no socket is left behind
            server.close()
            raise
        return server

    def _context(self) -> ssl.SSLContext:
        authority = self._settings.smtp_authority
        return ssl.create_default_context(cafile=str(authority) if authority else None)


def _expect(code: int, answer: bytes) -> None:
    if code != _DONE:
        raise smtplib.SMTPResponseException(code, answer.decode(errors="replace"))
