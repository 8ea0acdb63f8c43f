"""What customers have at the bank, as far as shares are of it: their current accounts, terms and loans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import WHO_BANKS, Span, books

# The feed's source system: by it and the number the bank knows an account.
SOURCE_SYSTEM = "core"


class AccountKind(Enum):
    """What an account is."""

    CURRENT = "CURRENT"
    TERM = "TERM"
    LOAN = "LOAN"


@dataclass(frozen=True, slots=True)
class Account:
    """One account in the bank's own currency."""

    number: str
    kind: AccountKind
    open_date: date
    # What stands on it on an ordinary day, or was lent: minor units.
    amount: int

    @property
    def key(self) -> str:
        """As what it is owned."""
        return f"{SOURCE_SYSTEM}/{self.number}"


# By number as the core system makes it; one that is closed earlier than the history begins is in no file.
_ACCOUNTS = """
    SELECT idx, kind, concat(prefix, lpad(account::VARCHAR, 12, '0')), open_date, amount
    FROM (
        SELECT idx, 'CURRENT' AS kind, '8801' AS prefix, account, open_date, level AS amount, close_date
        FROM current_accounts WHERE currency_code = 'CNY'
        UNION ALL SELECT idx, 'TERM', '8801', account, open_date, principal, close_date FROM terms
        UNION ALL SELECT idx, 'LOAN', 'LN', account, open_date, principal, repay_date FROM instalment_loans
        UNION ALL SELECT idx, 'LOAN', 'LN', account, open_date, principal, repay_date FROM working_loans
    )
    WHERE coalesce(close_date, getvariable('last')) >= getvariable('epoch')
    ORDER BY idx, open_date, account
"""


def accounts_of(bank: Bank, customers: int, first: date, folder: Path) -> Mapping[str, Sequence[Account]]:
    """The accounts of the first so many customers, by the customer's number: those that there will be, too."""
    found: dict[str, list[Account]] = defaultdict(list)
    with books(bank, customers, Span(first, first + timedelta(days=1)), folder, (*WHO_BANKS, "accounts")) as opened:
        for index, kind, number, open_date, amount in opened.rows(_ACCOUNTS):
            customer = bank.customers.customer(index - 1)
            found[customer.customer_number].append(Account(number, AccountKind(kind), open_date, int(amount)))
    return found
