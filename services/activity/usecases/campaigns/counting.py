"""Counts how far a campaign is, and what came of it: from its tasks, so that it is right at every moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from workbench.activity.v1 import campaign_service_pb2

from services.activity.model.campaign import Campaign, CampaignCustomer
from services.activity.model.task import Task
from services.activity.rules.campaigns import SKIPPED_STATES, CampaignCustomerState, reached_basis_points
from services.activity.rules.tasks import TaskResult, TaskState
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork

PEOPLE_MAX = 1_000


def progress(work: UnitOfWork, campaign_id: str) -> campaign_service_pb2.CampaignProgress:
    """How far it is, in all and by whose tasks they are."""
    campaign = reaching.found(work, Campaign, campaign_id)
    rows = _rows(work, campaign)
    of_person: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        of_person[row.owner_person_id].append(row)
    customers = _customers(work, campaign)
    total = _counts(rows)
    successes = sum(row.count for row in rows if row.state == TaskState.DONE and row.result == TaskResult.SUCCESS)
    # Whom the campaign gave work is told to whoever runs it.
    people = sorted(of_person, key=lambda person_id: (-sum(row.count for row in of_person[person_id]), person_id))[:PEOPLE_MAX]
    names = reaching.person_names(work, people)
    return campaign_service_pb2.CampaignProgress(
        customer_count=campaign.customer_count,
        waiting_count=customers.get(CampaignCustomerState.WAITING.value, 0),
        skipped_count=sum(customers.get(state.value, 0) for state in SKIPPED_STATES),
        total=total,
        target_count=campaign.target_count,
        target_basis_points=reached_basis_points(successes, campaign.target_count),
        people=[
            campaign_service_pb2.CampaignPersonProgress(
                person_id=person_id, display_name=names.get(person_id, ""), counts=_counts(of_person[person_id])
            )
            for person_id in people
        ],
    )


def _rows(work: UnitOfWork, campaign: Campaign) -> list[Any]:
    today = work.business_date
    key = (Task.owner_person_id, Task.state, Task.result)
    counted = select(
        *key,
        func.count().label("count"),
        func.count().filter(Task.due_date < today).label("due_before"),
        func.count().filter(Task.finish_date <= Task.due_date).label("in_time"),
    )
    statement = counted.where(Task.campaign_id == campaign.campaign_id).group_by(*key)
    # Also of tasks that went along with customers out of the reader's units: no more than numbers are told.
    with work.whole_bank():
        return list(work.session.execute(statement))


def _customers(work: UnitOfWork, campaign: Campaign) -> dict[int, int]:
    counted = select(CampaignCustomer.state, func.count()).where(CampaignCustomer.campaign_id == campaign.campaign_id)
    with work.whole_bank():
        return {row[0]: row[1] for row in work.session.execute(counted.group_by(CampaignCustomer.state))}


def _counts(rows: Iterable[Any]) -> campaign_service_pb2.CampaignCounts:
    counts: dict[str, int] = defaultdict(int)
    results: dict[int, int] = defaultdict(int)
    for row in rows:
        counts["task_count"] += row.count
        if row.state == TaskState.DONE:
            counts["done_count"] += row.count
            counts["on_time_count"] += row.in_time
            results[row.result] += row.count
        elif row.state == TaskState.CANCELLED:
            counts["cancelled_count"] += row.count
        else:
            counts["open_count"] += row.count
            counts["overdue_count"] += row.due_before
    told = [campaign_service_pb2.CampaignResultCount(result=result, count=results[result]) for result in sorted(results)]
    return campaign_service_pb2.CampaignCounts(**counts, results=told)
