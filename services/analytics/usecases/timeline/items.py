"""What stands on a timeline beside its figures: happenings, accounts that opened, closed and fall due, other rates, signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from workbench.analytics.v1 import timeline_pb2

from services.analytics.model.happening import Happening
from services.analytics.model.signal import Signal
from services.analytics.rules import timeline_words as words
from services.analytics.rules.conditions.sorts import Sort
from services.analytics.rules.evidence import Language
from services.analytics.rules.happenings import HappeningKind
from services.analytics.rules.timeline import ItemKind
from services.analytics.rules.timeline_words import Words
from services.analytics.usecases import reaching
from services.analytics.usecases.signals.rules import rules_of
from services.analytics.usecases.signals.showing import signal_words
from services.analytics.usecases.timeline.reading import Facts, RateChange
from services.chassis.db.session import UnitOfWork

# More than anybody reads on one screen.
ITEMS_MAX = 1_000
SIGNALS_MAX = 300


def items(
    work: UnitOfWork, customer_id: str, facts: Facts, start_date: date, end_date: date
) -> tuple[list[timeline_pb2.TimelineItem], bool]:
    """The items between two days in the order of their days, and whether there were more: then the latest are shown."""
    happened = _happenings(work, customer_id, start_date, end_date)
    found = [
        *(_happening(row, work.business_date) for row in happened),
        *_of_accounts(facts.accounts, work.settings.home_currency_code, start_date, end_date),
        *(_rate_change(row) for row in facts.rate_changes),
        *_signals(work, customer_id, start_date, end_date),
    ]
    found.sort(key=lambda item: (item.date, item.kind, item.resource, item.code))
    names = reaching.person_names(work, (item.person_id for item in found))
    shown = found[-ITEMS_MAX:]
    for item in shown:
        item.person_name = names.get(item.person_id, "")
    return shown, len(found) > ITEMS_MAX or len(happened) > ITEMS_MAX


def told(row: Happening) -> Words:
    """What is said of a happening."""
    return words.happening(row.kind, sort=row.sort, state=row.state, outcome=row.outcome, minutes=row.minutes, low=row.low)


def resource(row: Happening) -> str:
    """What there is to look at; what this service found by itself is nowhere else."""
    return "" if row.kind in (HappeningKind.LEAD_CHANGED, HappeningKind.LEAD_LEFT) else row.source


def _happenings(work: UnitOfWork, customer_id: str, start_date: date, end_date: date) -> Sequence[Happening]:
    """What was going on between the two days, the latest first, one more than is shown."""
    statement = select(Happening).where(
        Happening.customer_id == customer_id,
        Happening.start_date <= end_date,
        # What began before and was not over yet is seen too.
        or_(Happening.start_date >= start_date, Happening.end_date >= start_date, _open_before(start_date)),
    )
    order = (Happening.start_date.desc(), Happening.source.desc())
    return work.session.scalars(statement.order_by(*order).limit(ITEMS_MAX + 1)).all()


def _open_before(start_date: date) -> Any:
    """Complaints and needs that still wait; others that nobody ended are long forgotten."""
    waits = Happening.kind.in_((HappeningKind.COMPLAINT.value, HappeningKind.NEED.value))
    return waits & Happening.end_date.is_(None) & (Happening.start_date < start_date)


def _happening(row: Happening, today: date) -> timeline_pb2.TimelineItem:
    overdue = row.due_date is not None and row.due_date < (row.end_date or today)
    said = told(row)
    return _item(
        row.start_date,
        row.kind,
        said,
        end_date=row.end_date,
        due_date=row.due_date,
        severity=words.severity(row.kind, sort=row.sort, overdue=overdue, low=row.low),
        resource=resource(row),
        person_id=row.person_id,
    )


def _of_accounts(
    accounts: Iterable[Mapping[str, Any]], currency_code: str, start_date: date, end_date: date
) -> Iterator[timeline_pb2.TimelineItem]:
    for row in accounts:
        kind, product = row["kind"] or "", row["product_code"] or ""
        days = (
            (row["open_date"], ItemKind.ACCOUNT_OPENED, words.account_opened(kind, product)),
            (row["close_date"], ItemKind.ACCOUNT_CLOSED, words.account_closed(kind, product)),
            (row["maturity_date"], ItemKind.MATURITY, words.maturity(kind, product, *_amounts(row, currency_code))),
        )
        for day, item_kind, said in days:
            if day is None or not start_date <= day <= end_date:
                continue
            # What was closed before its maturity does not fall due any more.
            if item_kind is not ItemKind.MATURITY or row["close_date"] is None or row["close_date"] >= day:
                yield _item(day, item_kind.value, said, end_date=day, code=product)


def _amounts(row: Mapping[str, Any], currency_code: str) -> tuple[str, str]:
    """What there is on an account that is open, in both languages."""
    if not row["balance"] or row["close_date"] is not None:
        return "", ""
    shown = (Language(chinese, currency_code).shown(row["balance"], Sort.AMOUNT) for chinese in (True, False))
    chinese, english = shown
    return chinese, english


def _rate_change(change: RateChange) -> timeline_pb2.TimelineItem:
    said = words.rate_changed(change.product_code, change.tenor_days, change.former_rate_e8, change.rate_e8, change.others)
    return _item(change.day, ItemKind.RATE_CHANGED.value, said, end_date=change.day, code=change.product_code)


def _signals(work: UnitOfWork, customer_id: str, start_date: date, end_date: date) -> Iterator[timeline_pb2.TimelineItem]:
    """Signs that were there between the two days, since they began by the figures; those that began last where there are many."""
    seen = select(Signal).where(
        Signal.customer_id == customer_id,
        Signal.onset_date <= end_date,
        or_(Signal.end_date.is_(None), Signal.end_date >= start_date),
    )
    signals = work.session.scalars(seen.order_by(Signal.onset_date.desc(), Signal.signal_id).limit(SIGNALS_MAX)).all()
    rules = rules_of(work, ((each.rule_code, each.rule_version) for each in signals))
    for signal in signals:
        rule = rules.get((signal.rule_code, signal.rule_version))
        said = signal_words(rule, signal.evidence, work.settings.home_currency_code) if rule else (signal.rule_code,) * 2
        yield _item(
            signal.onset_date,
            ItemKind.SIGNAL.value,
            Words(*said),
            end_date=signal.end_date,
            severity=signal.severity,
            code=signal.rule_code,
            resource=f"signals/{signal.signal_id}",
        )


def _item(  # noqa: PLR0913 - the fields of a message, given by name
    day: date,
    kind: int,
    said: Words,
    *,
    end_date: date | None = None,
    due_date: date | None = None,
    severity: int = 0,
    code: str = "",
    resource: str = "",
    person_id: str = "",
) -> timeline_pb2.TimelineItem:
    return timeline_pb2.TimelineItem(
        date=day.isoformat(),
        end_date=end_date.isoformat() if end_date else "",
        due_date=due_date.isoformat() if due_date else "",
        kind=timeline_pb2.TimelineItemKind.Name(kind),
        severity=severity,
        code=code,
        resource=resource,
        person_id=person_id,
        chinese=said.chinese,
        english=said.english,
    )
