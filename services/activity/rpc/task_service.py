"""Serves `workbench.activity.v1.TaskService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import task_pb2, task_service_pb2

from services.activity.model.task import Task
from services.activity.usecases import reaching
from services.activity.usecases.tasks import doing, giving, listing, policies
from services.activity.usecases.tasks.listing import as_message, as_messages
from services.chassis.db.session import UnitOfWork


def create_task(work: UnitOfWork, request: task_service_pb2.CreateTaskRequest) -> task_pb2.Task:
    return as_message(work, giving.create(work, request.task))


def dispatch_task(work: UnitOfWork, request: task_service_pb2.DispatchTaskRequest) -> task_pb2.Task:
    return as_message(work, giving.dispatch(work, request))


def get_task(work: UnitOfWork, request: task_service_pb2.GetTaskRequest) -> task_pb2.Task:
    return as_message(work, reaching.found(work, Task, request.task_id))


def list_tasks(work: UnitOfWork, request: task_service_pb2.ListTasksRequest) -> task_service_pb2.ListTasksResponse:
    page = listing.list_tasks(work, request)
    return task_service_pb2.ListTasksResponse(tasks=as_messages(work, page.rows), next_page_token=page.next_page_token)


def update_task(work: UnitOfWork, request: task_service_pb2.UpdateTaskRequest) -> task_pb2.Task:
    return as_message(work, doing.change(work, request.task, request.update_mask.paths))


def start_task(work: UnitOfWork, request: task_service_pb2.StartTaskRequest) -> task_pb2.Task:
    return as_message(work, doing.start(work, request))


def complete_task(work: UnitOfWork, request: task_service_pb2.CompleteTaskRequest) -> task_pb2.Task:
    return as_message(work, doing.complete(work, request))


def cancel_task(work: UnitOfWork, request: task_service_pb2.CancelTaskRequest) -> task_pb2.Task:
    return as_message(work, doing.cancel(work, request))


def reopen_task(work: UnitOfWork, request: task_service_pb2.ReopenTaskRequest) -> task_pb2.Task:
    return as_message(work, doing.reopen(work, request))


def reassign_task(work: UnitOfWork, request: task_service_pb2.ReassignTaskRequest) -> task_pb2.Task:
    return as_message(work, giving.reassign(work, request))


def balance_tasks(work: UnitOfWork, request: task_service_pb2.BalanceTasksRequest) -> task_service_pb2.BalanceTasksResponse:
    return task_service_pb2.BalanceTasksResponse(tasks=as_messages(work, giving.balance(work, request)))


def remind_task(work: UnitOfWork, request: task_service_pb2.RemindTaskRequest) -> task_pb2.Task:
    return as_message(work, giving.remind(work, request.task_id))


def list_task_steps(work: UnitOfWork, request: task_service_pb2.ListTaskStepsRequest) -> task_service_pb2.ListTaskStepsResponse:
    page = listing.list_steps(work, request)
    steps = map(listing.as_step, page.rows)
    return task_service_pb2.ListTaskStepsResponse(steps=steps, next_page_token=page.next_page_token)


def list_task_loads(work: UnitOfWork, request: task_service_pb2.ListTaskLoadsRequest) -> task_service_pb2.ListTaskLoadsResponse:
    return task_service_pb2.ListTaskLoadsResponse(loads=listing.list_loads(work, request.organisation_path))


def list_task_policies(
    work: UnitOfWork, request: task_service_pb2.ListTaskPoliciesRequest
) -> task_service_pb2.ListTaskPoliciesResponse:
    return task_service_pb2.ListTaskPoliciesResponse(task_policies=policies.list_policies(work, request.organisation_path))


def set_task_policy(work: UnitOfWork, request: task_service_pb2.SetTaskPolicyRequest) -> task_pb2.TaskPolicy:
    return policies.as_message(policies.set_policy(work, request.task_policy))
