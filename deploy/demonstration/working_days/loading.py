"""Brings the working days into a running deployment, up to a date, and from then on day by day.

What stands in the state folder says how far they are. Each thing has a number of its own, so that what was broken off is begun
anew and changes nothing that is there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workbench.activity.v1 import (
    contact_service_pb2,
    feedback_service_pb2,
    lead_service_pb2,
    opportunity_service_pb2,
    survey_service_pb2,
)

from deploy.demonstration.bank import CUSTOMERS_DEFAULT, SEED_DEFAULT, Bank
from deploy.demonstration.books.bank_books import HISTORY_MONTHS, Span
from deploy.demonstration.delivery import FOLDER, Deliveries, Tell
from deploy.demonstration.doors import Door
from deploy.demonstration.working_days import voices
from deploy.demonstration.working_days.contacts import PLANNED_DAYS, ZONE, contacts_of, planned_of
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.progress import Worked
from deploy.demonstration.working_days.sales import Deal, deals_of, leads_of, written
from deploy.demonstration.working_days.workdays import Workdays
from services.chassis import keys, runtime
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.kernel.errors import Unavailable
from services.chassis.rpc.wire import open_channel
from services.chassis.settings import DeploymentSettings

SYSTEM = "demonstration"
# Of a larger bank the first so many customers have a past with their relationship managers.
CUSTOMERS_MAX = 20_000
# What a deployment gets that takes no months of history.
DAYS_MIN = 31
# So many rows in a call.
_ROWS_AT_ONCE = 500
# How long the events of people and customers may take to reach the activity service.
_EVENTS_SECONDS, _POLL_SECONDS = 120.0, 2.0
_NOT_THERE_YET = frozenset({"CUSTOMER_NOT_FOUND", "PERSON_NOT_FOUND"})

_PERMISSIONS = ("activity.history.import", "activity.survey.define", "activity.survey.import")
WORKER = Caller("command:demonstration", login="demonstration", grants=(Grant(frozenset(_PERMISSIONS), WHOLE_BANK),))
_SERVICES = "workbench.activity.v1"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that relationship managers leave behind, and how it comes in."""

    name: str
    method: str
    # The things of one customer, each with the day on which it happened.
    of: Callable[[Life], Iterable[tuple[date, Any]]]
    request: Callable[[Sequence[Any]], Any]


def bring_working_days(
    settings: DeploymentSettings,
    until: date,
    *,
    customers: int = CUSTOMERS_DEFAULT,
    seed: int = SEED_DEFAULT,
    history_months: int = HISTORY_MONTHS,
    tell: Tell,
) -> None:
    """Brings in what is missing up to a date; of no month at all it is the last DAYS_MIN days.

    Raises Unavailable where the service does not answer, or does not come to know the bank's people and customers.
    """
    kept = Worked.read(settings.home)
    if kept and kept.customers >= customers and kept.until >= until:
        return
    began = time.monotonic()
    if kept is None:
        first = _first(settings, until)
        kept = Worked(seed, 0, first, first if history_months else max(first, until - timedelta(days=DAYS_MIN - 1)), until)
    # A bank that has grown is gone through anew: what is there stays as it is.
    since = kept.until + timedelta(days=1) if kept.customers >= customers else kept.since
    lives = Lives(Bank(seed), min(customers, CUSTOMERS_MAX), kept.first, settings.home / FOLDER / "work")
    counts: Counter[str] = Counter()
    with _door(settings) as door:
        workdays = Workdays(kept.first, until + timedelta(days=2 * PLANNED_DAYS))
        past = _Past(lives, workdays, kept.first, kept.since, until, plans=kept.customers == 0)
        survey_id = kept.survey_id or _survey(door, lives.bank, kept.first)
        for part in _parts(past, survey_id):
            for rows in _batches(lives, part, since, until):
                counts += _bring(door, part, rows)
    Worked(seed, customers, kept.first, kept.since, until, survey_id).write(settings.home)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    tell(f"Working days {since} to {until}: {told or 'nothing new'}; {time.monotonic() - began:.0f} s.")


@dataclass(frozen=True, slots=True)
class _Past:
    """What each customer's relationship manager left behind up to a date, with the day of each thing."""

    lives: Lives
    workdays: Workdays
    first: date
    # Deals before it were not brought in, and nothing furthers them.
    since: date
    until: date
    # Whether what is planned comes as well: it is done, or not, by whoever tries the workbench.
    plans: bool

    def deals(self, life: Life) -> list[Deal]:
        made = deals_of(self.lives, life, self.workdays, self.first, self.until)
        return [deal for deal in made if deal.open_date >= self.since]

    def opportunities(self, life: Life) -> Iterator[tuple[date, Any]]:
        return ((deal.open_date, written(self.lives, life, deal, self.until)) for deal in self.deals(life))

    def leads(self, life: Life) -> Iterator[tuple[date, Any]]:
        return leads_of(self.lives, life, self.workdays, self.deals(life), self.until)

    def contacts(self, life: Life) -> Iterator[tuple[date, Any]]:
        for row in contacts_of(self.lives, life, self.workdays, self.first, self.until, self.deals(life)):
            yield row.contact.start_time.ToDatetime(tzinfo=ZONE).date(), row
        if self.plans:
            yield from ((self.until, row) for row in planned_of(self.lives, life, self.workdays, self.until))

    def feedback(self, life: Life) -> Iterator[tuple[date, Any]]:
        for said in voices.feedback_of(self.lives, life, self.workdays, self.first, self.until):
            yield date.fromisoformat(said.received_date), said

    def answers(self, life: Life) -> Iterator[tuple[date, Any]]:
        for row in voices.answers_of(self.lives, life, self.workdays, self.first, self.until):
            yield date.fromisoformat(row.answer_date), row


def _parts(past: _Past, survey_id: str) -> Iterator[Part]:
    """What comes in, in this order: leads and contacts name the opportunities that they became, or further."""
    yield Part(
        "opportunities", "OpportunityService/BatchImportOpportunities", past.opportunities,
        lambda rows: opportunity_service_pb2.BatchImportOpportunitiesRequest(source_system=SYSTEM, opportunities=rows),
    )  # fmt: skip
    yield Part(
        "leads", "LeadService/BatchImportLeads", past.leads,
        lambda rows: lead_service_pb2.BatchImportLeadsRequest(source_system=SYSTEM, leads=rows),
    )  # fmt: skip
    yield Part(
        "contacts", "ContactService/BatchImportContacts", past.contacts,
        lambda rows: contact_service_pb2.BatchImportContactsRequest(source_system=SYSTEM, contacts=rows),
    )  # fmt: skip
    yield Part(
        "feedback", "FeedbackService/ImportFeedback", past.feedback,
        lambda rows: feedback_service_pb2.ImportFeedbackRequest(source_system=SYSTEM, rows=rows),
    )  # fmt: skip
    yield Part(
        "answers", "SurveyService/ImportSurveyAnswers", past.answers,
        lambda rows: survey_service_pb2.ImportSurveyAnswersRequest(survey_id=survey_id, source_system=SYSTEM, rows=rows),
    )  # fmt: skip


def _batches(lives: Lives, part: Part, since: date, until: date) -> Iterator[Sequence[Any]]:
    """All rows of those dates, customer by customer: what is told of many rows is told once of each customer."""
    rows: list[Any] = []
    for life in lives.between(0, len(lives)):
        rows += [row for day, row in sorted(part.of(life), key=lambda each: each[0]) if since <= day <= until]
        while len(rows) >= _ROWS_AT_ONCE:
            yield rows[:_ROWS_AT_ONCE]
            rows = rows[_ROWS_AT_ONCE:]
    if rows:
        yield rows


def _bring(door: Door, part: Part, rows: Sequence[Any]) -> Counter[str]:
    """Sends rows until all whom they name have come to the service by events; answers how many were taken, and refused."""
    counts: Counter[str] = Counter()
    deadline = time.monotonic() + _EVENTS_SECONDS
    while rows:
        answer = door.call(f"{_SERVICES}.{part.method}", part.request(rows))
        counts[part.name] += _created(answer)
        waiting = [_place(each) for each in answer.refused if each.reason in _NOT_THERE_YET]
        # What else is refused has become of the customer meanwhile, such as a merge; it is told and left out.
        counts.update(f"{part.name} refused: {each.reason}" for each in answer.refused if each.reason not in _NOT_THERE_YET)
        rows = [rows[place] for place in waiting]
        if rows and time.monotonic() > deadline:
            raise Unavailable("EVENTS_LATE", "The bank's people did not reach the activity service; see `workbench events lag`.")
        if rows:
            time.sleep(_POLL_SECONDS)
    return counts


def _created(answer: Any) -> int:
    return int(answer.created_count if hasattr(answer, "created_count") else answer.created)


def _place(refused: Any) -> int:
    return int(refused.position if hasattr(refused, "position") else refused.index)


def _survey(door: Door, bank: Bank, first: date) -> str:
    """The survey whose answers come: begun once, whatever is repeated."""
    request = survey_service_pb2.CreateSurveyRequest(survey=voices.survey(), request_id=bank.id_of(f"survey/{first.isoformat()}"))
    return str(door.call(f"{_SERVICES}.SurveyService/CreateSurvey", request).survey_id)


@contextmanager
def _door(settings: DeploymentSettings) -> Iterator[Door]:
    with ExitStack() as stack:
        address = settings.services["activity"].address
        channel = stack.enter_context(open_channel(address, runtime.channel_credentials(settings)))
        yield Door(channel, keys.KeyRing.load(settings.secrets / keys.SIGNING_KEYS_FILE), WORKER)


def _first(settings: DeploymentSettings, until: date) -> date:
    """With which day the bank's history begins, as its systems deliver it."""
    deliveries = Deliveries.read(settings.home)
    return deliveries.first if deliveries else Span.until(until).first
