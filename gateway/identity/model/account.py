"""How a person proves who he is: password, second factor, accounts at the bank's single sign-on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.identity.model.base import Base
from gateway.identity.model.proofs import CountsFailures
from services.chassis.db.types import EncryptedText, UtcDateTime

TOTP_PURPOSE = "identity.totp_secret"
# Before any step of a second factor that was ever taken.
NO_STEP = -1


class Account(CountsFailures, Base):
    """The proofs of one person who has a sign-in name. Its row is locked while one of them is tried."""

    __tablename__ = "accounts"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text, primary_key=True)
    # An argon2id hash with its parameters; None until a password is set.
    password_hash: Mapped[str | None] = mapped_column(Text, default=None, info={"secret": True})
    password_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Given by an administrator, who knows it: must be replaced at the next sign-in.
    password_temporary: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText(TOTP_PURPOSE), default=None)
    # False while an enrolment waits to be confirmed.
    totp_enrolled: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=NO_STEP)

    def set_password(self, password_hash: str, *, temporary: bool, now: datetime) -> None:
        """Replaces the password; failures with the former one count no more."""
        self.password_hash, self.password_temporary, self.password_time = password_hash, temporary, now
        self.forget_failures()

    def start_totp(self, secret: str) -> None:
        """Begins an enrolment, in place of one that waits."""
        self.totp_secret, self.totp_enrolled, self.totp_last_step = secret, False, NO_STEP

    def remove_totp(self) -> None:
        """No second factor from now on."""
        self.totp_secret, self.totp_enrolled, self.totp_last_step = None, False, NO_STEP


class FormerPassword(Base):
    """A password that was replaced, kept so that it does not come back soon."""

    __tablename__ = "former_passwords"
    __table_args__ = (Index("ix_former_passwords_person_id_former_password_id", "person_id", "former_password_id"),)

    # Sorts by the time of the replacement.
    former_password_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("accounts.person_id"), type_=Text)
    password_hash: Mapped[str] = mapped_column(Text, info={"secret": True})


class FederatedIdentity(Base):
    """An account at a single sign-on that vouches for a person: one per person and issuer."""

    __tablename__ = "federated_identities"
    __table_args__ = (Index("uq_federated_identities_person_id_issuer", "person_id", "issuer", unique=True),)

    issuer: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text)
