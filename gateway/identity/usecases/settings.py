"""Identity's own settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.keys import TOKEN_LIFETIME_SECONDS_MAX


class IdentitySettings(BaseModel):
    """`[services.identity.own]` of a profile."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # The folder of the deployment's keys; identity signs.
    secrets: Path
    access_token_seconds: int = Field(default=600, ge=60, le=TOKEN_LIFETIME_SECONDS_MAX)
    # A session ends so long after its last refresh, and in any case so long after the sign-in.
    session_idle_minutes: int = Field(default=120, ge=5, le=1_440)
    session_hours_max: int = Field(default=12, ge=1, le=168)
    # So long after a refresh its token is answered once more with the same pair, for whoever lost the answer; 0 for never.
    refresh_repeat_seconds: int = Field(default=30, ge=0, le=60)
    # Argon2id at the strength that OWASP's password storage cheat sheet asks for. A stored hash with other parameters is
    # renewed at the next sign-in.
    argon2_memory_kib: int = Field(default=19_456, ge=8, le=1_048_576)
    argon2_passes: int = Field(default=2, ge=1, le=20)
    argon2_lanes: int = Field(default=1, ge=1, le=8)
    # How many passwords that were replaced may not come back.
    former_passwords: int = Field(default=5, ge=0, le=24)
    # What a device that makes codes calls this bank.
    totp_issuer: str = Field(default="RM Workbench", min_length=1, max_length=64)

    # Of the people who are not shut out: how large a share the personnel system may say have left, in one snapshot, to be
    # believed; and how large a share that it has lost without a word is shut out as leavers are, 0 for nobody: they are reported.
    personnel_leavers_share_max: float = Field(default=0.05, ge=0, le=1)
    personnel_missing_share_max: float = Field(default=0.0, ge=0, le=1)

    @property
    def session_idle(self) -> timedelta:
        """How long a session lasts without a refresh."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def refresh_repeat(self) -> timedelta:
        """How long after a refresh the same token is answered with the same pair."""
        return timedelta(seconds=self.refresh_repeat_seconds)

    @property
    def session_longest(self) -> timedelta:
        """How long a session lasts whatever happens."""
        return timedelta(hours=self.session_hours_max)
