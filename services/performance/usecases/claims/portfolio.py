"""Claims all at once whom somebody leads and nobody has a part of, as long work: a claim for each customer."""

from __future__ import annotations

from typing import Any

from workbench.performance.v1 import claim_pb2, claim_service_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Task, Work
from services.performance.rules.claims import ClaimKind
from services.performance.rules.shares import WHOLE_BASIS_POINTS, ObjectKind
from services.performance.usecases import reaching
from services.performance.usecases.claims import making, pool

PORTFOLIO = "performance.claims.portfolio"
PERMISSION = "performance.claim.make"
CUSTOMERS_PER_STEP = 50


def ask(work: UnitOfWork, request: claim_service_pb2.ClaimPortfolioRequest) -> Operation:
    """Asks for it."""
    person = reaching.person(work, request.person_id)
    start_date, _ = making.days_of(work, request.start_date or work.business_date.isoformat(), "")
    return asking.ask(work, PORTFOLIO, {"person_id": person.person_id, "start_date": start_date.isoformat()})


def _step(work: UnitOfWork, task: Task, _prepared: Any) -> None:
    person_id = task.parameters["person_id"]
    customers = pool.unclaimed(work, person_id, task.checkpoint.get("after", ""), CUSTOMERS_PER_STEP)
    for customer in customers:
        draft = claim_pb2.Claim(
            object_kind=int(ObjectKind.CUSTOMER),  # type: ignore[arg-type]
            customer_id=customer.customer_id,
            kind=int(ClaimKind.RATIO),  # type: ignore[arg-type]
            start_date=task.parameters["start_date"],
            parts=[claim_pb2.ClaimPart(person_id=person_id, basis_points=WHOLE_BASIS_POINTS)],
        )
        try:
            with attempt(work, keep=True):
                making.create(work, draft)
            task.done += 1
        except WorkbenchError as refusal:
            refused = task.checkpoint.setdefault("refused", {})
            refused[refusal.reason] = refused.get(refusal.reason, 0) + 1
    if customers:
        task.checkpoint["after"] = customers[-1].customer_id
    if len(customers) < CUSTOMERS_PER_STEP:
        refused = "".join(f" {reason}: {count}." for reason, count in sorted(task.checkpoint.get("refused", {}).items()))
        task.finish(f"{task.done} claims.{refused}")


WORKS = (Work(PORTFOLIO, PERMISSION, _step),)
