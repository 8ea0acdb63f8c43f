"""Changes tasks, and says what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.activity.v1 import task_events_pb2, task_pb2, task_service_pb2

from services.activity.model.campaign import Campaign
from services.activity.model.task import Task
from services.activity.rules.campaigns import ENDED_STATES
from services.activity.rules.tasks import NO_DATE, StepKind, TaskKind, TaskPriority, TaskResult, TaskState
from services.activity.usecases import telling
from services.activity.usecases.notifying import notify
from services.activity.usecases.tasks import deadlines, deciding
from services.activity.usecases.tasks.opening import shown_date, step
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken, located
from services.chassis.rpc import partial

_CHANGEABLE = ("title", "description", "due_date", "priority")


def change(work: UnitOfWork, sent: task_pb2.Task, fields: Sequence[str]) -> Task:
    """Takes over what the mask names; nothing happens where nothing differs."""
    partial.check_mask(fields, task_pb2.Task.DESCRIPTOR, "A task")
    task = deciding.given(work, sent.task_id, sent.etag)
    task.require_open()
    after = task_pb2.Task(
        title=task.title, description=task.description, due_date=shown_date(task.due_date), priority=task.priority
    )
    if changed := partial.take(after, sent, [name for name in _CHANGEABLE if name in fields]):
        partial.check(after, "task.")
        with located("task"):
            task.title, task.description = deciding.titled(after.title), after.description
        task.priority = after.priority or TaskPriority.NORMAL.value
        if "due_date" in changed:
            with located("task"):
                _move(work, task, after.due_date)
        task.update_time = work.now
        step(work, task, StepKind.CHANGED)
        notify(work, [task.owner_person_id], "task_changed", resource=f"tasks/{task.task_id}")
    return task


def start(work: UnitOfWork, request: task_service_pb2.StartTaskRequest) -> Task:
    """Its owner is at it; one that he is at already stays as it is."""
    task = deciding.own(work, request.task_id, request.etag)
    task.require_open()
    if task.state != TaskState.STARTED:
        task.start(work.now)
        step(work, task, StepKind.STARTED)
    return task


def complete(work: UnitOfWork, request: task_service_pb2.CompleteTaskRequest) -> Task:
    """It was done."""
    task = deciding.own(work, request.task_id, request.etag)
    task.require_open()
    if task.campaign_id and not request.result:
        violation = FieldViolation("result", "Say what came of it.")
        raise InvalidInput("RESULT_MISSING", "A task of a campaign has a result.", violations=(violation,))
    task.end(TaskState.DONE, work.now, work.business_date)
    task.result, task.outcome = request.result, request.outcome
    step(work, task, StepKind.DONE)
    work.record(completed(work, task))
    if task.campaign_id and task.customer_id:
        _tell_customer(work, task)
    if task.dispatcher_person_id and not task.campaign_id:
        notify(work, [task.dispatcher_person_id], "task_completed", resource=f"tasks/{task.task_id}")
    return task


def cancel(work: UnitOfWork, request: task_service_pb2.CancelTaskRequest) -> Task:
    """It will not be done."""
    task = deciding.given(work, request.task_id, request.etag)
    task.end(TaskState.CANCELLED, work.now, work.business_date)
    task.outcome = request.reason
    step(work, task, StepKind.CANCELLED)
    work.record(cancelled(task))
    notify(work, [task.owner_person_id], "task_cancelled", resource=f"tasks/{task.task_id}")
    return task


def reopen(work: UnitOfWork, request: task_service_pb2.ReopenTaskRequest) -> Task:
    """It was ended too early."""
    task = deciding.own(work, request.task_id, request.etag)
    _require_running(work, task.campaign_id)
    task.reopen(work.now)
    rule = deadlines.deadline(work, task.organisation_path, task.kind)
    # Late again only as from today.
    day = max(task.due_date, work.business_date)
    task.escalate_date = deadlines.escalated_after(work, rule.escalate_workdays, day, task.organisation_path)
    step(work, task, StepKind.REOPENED)
    told = {"task_id": task.task_id, "owner_person_id": task.owner_person_id, "campaign_id": task.campaign_id or ""}
    work.record(task_events_pb2.TaskReopened(**told))
    notify(work, [task.owner_person_id], "task_reopened", resource=f"tasks/{task.task_id}")
    return task


def cancelled(task: Task) -> task_events_pb2.TaskCancelled:
    """What is told to others of a task that will not be done."""
    return task_events_pb2.TaskCancelled(
        task_id=task.task_id, owner_person_id=task.owner_person_id, campaign_id=task.campaign_id or ""
    )


def _move(work: UnitOfWork, task: Task, due_date: str) -> None:
    task.due_date = deadlines.checked(work, due_date, "due_date") or NO_DATE
    rule = deadlines.deadline(work, task.organisation_path, task.kind)
    task.escalate_date = deadlines.escalated_after(work, rule.escalate_workdays, task.due_date, task.organisation_path)
    task.escalation_level = 0


def _require_running(work: UnitOfWork, campaign_id: str | None) -> None:
    if not campaign_id:
        return
    with work.whole_bank():
        campaign = work.session.get(Campaign, campaign_id)
    if campaign is not None and campaign.state in ENDED_STATES:
        raise RuleBroken("CAMPAIGN_ENDED", "Its campaign is over.")


def completed(work: UnitOfWork, task: Task) -> task_events_pb2.TaskCompleted:
    """What is told to others of a task that was done."""
    return task_events_pb2.TaskCompleted(
        task_id=task.task_id,
        kind=task.kind,
        owner_person_id=task.owner_person_id,
        organisation_path=task.organisation_path,
        customer_id=task.customer_id or "",
        campaign_id=task.campaign_id or "",
        result=task.result,
        due_date=shown_date(task.due_date),
        business_date=work.business_date.isoformat(),
        on_time=task.on_time,
    )


def _tell_customer(work: UnitOfWork, task: Task) -> None:
    telling.tell(
        work,
        str(task.customer_id),
        "campaign_answered",
        telling.Category.SALES,
        resource=f"campaigns/{task.campaign_id}",
        parameters={"result": TaskResult(task.result).name, "kind": TaskKind(task.kind).name},
    )
