"""What can be set of the sign-in through a bank's own single sign-on: `[gateway.federation]` of a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _trusted_url(value: str) -> str:
    """What travels here decides who is signed in, so it travels encrypted, except inside one machine."""
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("it must be an https:// address")
    return value


class ProviderSettings(BaseModel):
    """One single sign-on, at which the workbench is registered as a client."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # As in the provider's `/.well-known/openid-configuration`, to the letter.
    issuer: Annotated[str, AfterValidator(_trusted_url)]
    client_id: str = Field(min_length=1)
    # A file that holds the client's secret and nothing else.
    client_secret_file: Path


class FederationSettings(BaseModel):
    """`[gateway.federation]` of a profile; without providers nobody signs in that way."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The workbench's address as browsers know it. Taken from here, never from what a request says of itself.
    public_url: Annotated[str, AfterValidator(lambda value: _trusted_url(value).rstrip("/") if value else value)] = ""
    # The page that takes over after a sign-in, with the tokens in its fragment, which stays in the browser: the workbench's own,
    # or another front end's; empty to answer the tokens themselves.
    page_path: str = Field(default="/app/", pattern="^(/([A-Za-z0-9._~-]+/?)*)?$")
    providers: dict[Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9-]{0,31}$")], ProviderSettings] = {}

    @model_validator(mode="after")
    def _knows_its_address(self) -> FederationSettings:
        if self.providers and not self.public_url:
            raise ValueError("public_url must be set where there are providers")
        return self
