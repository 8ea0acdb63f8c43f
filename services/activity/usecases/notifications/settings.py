"""How this service sends mail, and how long it keeps what it told."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator


def _split(value: Any) -> Any:
    """A list as the environment gives it: names with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


class NotificationSettings(BaseModel):
    """The part of `[services.activity.own]` that says how people are told."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The bank's mail server; empty for no mail at all.
    smtp_host: str = Field(default="", max_length=253)
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    # `starttls` on a port of its own accord plain, `tls` from the first byte, `none` inside a house that trusts its wires.
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    # Whose certificates the server is trusted by; the public ones where none are named.
    smtp_authority: Path | None = None
    smtp_user: str = Field(default="", max_length=200)
    smtp_password: SecretStr = SecretStr("")
    # Whom mails come from, such as `workbench@bank.example`.
    mail_from: str = Field(default="", max_length=200)
    # The domains to which mails may go, such as `bank.example`; any where none are named.
    mail_domains: Annotated[tuple[str, ...], BeforeValidator(_split)] = ()
    # Where the workbench is for whoever reads a mail; empty for mails without a link.
    mail_page_url: str = Field(default="", max_length=500)
    # So many days a notification is kept, read or not.
    notification_days: int = Field(default=180, ge=14, le=3_660)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.smtp_host and not (parseaddr(self.mail_from)[1] == self.mail_from and self.mail_domain):
            raise ValueError("mail_from has to be an address where smtp_host is set.")
        if self.smtp_user and self.smtp_security == "none":
            raise ValueError("smtp_user needs smtp_security: a password does not go over the wire in the clear.")
        return self

    @property
    def mail_domain(self) -> str:
        """The domain that mails come from."""
        return self.mail_from.rpartition("@")[2] if self.mail_from.isascii() else ""
