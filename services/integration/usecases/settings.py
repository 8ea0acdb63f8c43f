"""The integration service's own settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from services.integration.rules.calendar import Weekday


def _split(value: Any) -> Any:
    """A list as the environment gives it: names with commas between them."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _pairs(value: Any) -> Any:
    """A table; in the environment it is JSON."""
    table = json.loads(value) if isinstance(value, str) else value
    return tuple(table.items()) if isinstance(table, Mapping) else table


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Secrets = Annotated[tuple[tuple[str, SecretStr], ...], BeforeValidator(_pairs)]


class IntegrationSettings(BaseModel):
    """`[services.integration.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The packs of feeds that this deployment uses, such as `core`.
    packs: Names = ()
    # The folder of the deployment's own feeds, one TOML file each; one of a pack's name takes its place.
    feeds: Path | None = None
    # How long files are kept as they came, to be run again.
    landed_days: int = Field(default=35, ge=1, le=3_650)

    # What `{inbox}` of a feed stands for: the folder into which the bank's systems put their files.
    inbox: Path | None = None
    # What opens the sources, by the names that feeds give: a password, a private key, or the value of an Authorization header.
    secrets: Secrets = ()
    # The keys by which SFTP servers are known, as OpenSSH writes them. A server that does not stand there is not talked to.
    known_hosts: Path | None = None
    # Through which sources of kind `http` are reached, such as `http://proxy.bank:3128`; proxies of the environment do not count.
    http_proxy: str = ""
    # The certificates of the authority that they are trusted by; the public ones where none are named.
    http_authority: Path | None = None
    # A file that is larger is not fetched.
    source_bytes_max: int = Field(default=64 * 1024**3, ge=1)
    # How often each source is looked at, and for how many days back a source that cannot be listed is asked for what is missing.
    look_seconds: int = Field(default=60, ge=1, le=86_400)
    look_back_days: int = Field(default=7, ge=0, le=366)

    # What opens a business date: the clock in the bank's zone, at `date_opens_at`; or the core system's end of day, which the
    # feed operator passes on.
    date_opens: Literal["clock", "end_of_day"] = "clock"
    date_opens_at: time = time(0, 0)
    # Which dates open: each day, as where accounts are kept around the clock, or business days alone.
    dates: Literal["every_day", "business_days"] = "every_day"
    # The days of a week that are no business days, unless the calendar says otherwise of one.
    weekend: Annotated[tuple[Weekday, ...], BeforeValidator(_split)] = ("saturday", "sunday")
