"""What an account's days were computed from, as it is answered: lines, rates, revisions, formulas, and how it was rounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbench.performance.v1 import explain_pb2, explain_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.rules.figures import Measure
from services.performance.rules.formulas.words import Language
from services.performance.rules.periods import month_start
from services.performance.rules.proof import ACCRUALS
from services.performance.usecases.explaining import days
from services.performance.usecases.explaining.questions import Question
from services.performance.usecases.figures.showing import money

if TYPE_CHECKING:
    from services.performance.rules.catalogue import ProductRule

_RATE_DIGITS = 8


def lines(reader: days.Reader, home_currency_code: str) -> Callable[[days.Row], explain_pb2.AccountDay]:
    """Makes messages of rows of ACCOUNT_DAYS."""
    revisions = {(each.day, each.pin.dataset, each.pin.source_system): each.pin for each in reader.inputs.days}

    def line(row: days.Row) -> explain_pb2.AccountDay:
        rule = reader.rule(row)
        pin = revisions.get((row["day"], row["dataset"], row["source_system"]))
        original = row["currency_code"] or home_currency_code
        return explain_pb2.AccountDay(
            product_version_id=row["product_version_id"],
            share_line_id=row["share_line_id"],
            basis_points=row["basis_points"],
            from_amount=money(row["from_minor_units"], original),
            to_amount=None if row["to_minor_units"] is None else money(row["to_minor_units"], original),
            original_amount=None if row["original_amount"] is None else money(row["original_amount"], original),
            exchange_rate=_rate(row["exchange_rate_e8"]),
            amount=None if row["amount"] is None else money(row["amount"], home_currency_code),
            part=money(row["part"] or 0, home_currency_code),
            base_part=money(row["base_part"] or 0, home_currency_code),
            customer_rate=_rate(row["customer_rate_e8"]),
            ftp_rate=_rate(row["used_ftp_rate_e8"]),
            probability_of_default=_rate(row["used_probability_of_default_e8"]),
            loss_given_default=_rate(row["used_loss_given_default_e8"]),
            basis_days=rule.basis_days(row["currency_code"], row["day"].year) if rule else 0,
            fault=row["fault"] or "",
            numerators={name: str(int(row[f"{name}_numerator"])) for name in ACCRUALS if row[f"{name}_numerator"]},
            feed=pin.feed if pin else "",
            revision_date=pin.business_date.isoformat() if pin else "",
            revision=pin.revision if pin else 0,
        )

    return line


def prove(
    work: UnitOfWork,
    message: explain_service_pb2.ExplainFigureResponse,
    accounts: Sequence[days.AccountDays],
    asked: Question,
    products: Sequence[ProductRule],
) -> None:
    """Adds how the amounts up to the last day were rounded, and by which formulas they were computed."""
    currency, start, until = work.settings.home_currency_code, month_start(asked.period.start_date), asked.period.as_of_date
    shown = [each for each in accounts if each.account == asked.narrowing.account]
    for each in shown:
        for measure, owner, numbers in days.proofs(each, asked.narrowing, start, until):
            whole, numerator, divisor, account_amount, amount = numbers
            message.account_proofs.add(
                measure=Measure[measure.upper()].value,
                product_version_id=each.product_version_id,
                person_id=owner.person_id,
                organisation_unit_id=owner.organisation_unit_id,
                account_numerator=str(whole),
                numerator=str(numerator),
                divisor=str(divisor),
                account_amount=money(account_amount, currency),
                amount=money(amount, currency),
            )
    versions = {(each.product_version_id, each.account.dataset) for each in shown}
    for rule in products:
        for slot, formula in rule.measures.items() if (rule.version_id, rule.dataset) in versions else ():
            message.formulas.add(
                product_version_id=rule.version_id,
                slot=slot.value,
                text=formula.text,
                chinese_words=formula.words(Language.CHINESE),
                english_words=formula.words(Language.ENGLISH),
            )


def _rate(rate_e8: Any) -> str:
    return "" if rate_e8 is None else f"{Decimal(int(rate_e8)).scaleb(-_RATE_DIGITS):.{_RATE_DIGITS}f}"
