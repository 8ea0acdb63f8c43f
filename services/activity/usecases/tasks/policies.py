"""Says when tasks of a kind are due in a unit, and when they are escalated."""

from __future__ import annotations

from sqlalchemy import select
from workbench.activity.v1 import task_pb2

from services.activity.model.task import TaskPolicy
from services.activity.rules.deadlines import DEADLINES, nearest
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR, paths_above
from services.chassis.mapping import Mapper

as_message = Mapper(task_pb2.TaskPolicy)


def set_policy(work: UnitOfWork, sent: task_pb2.TaskPolicy) -> TaskPolicy:
    """Sets a unit's policy for a kind, in the place of the one before."""
    path = reaching.unit_path(work, sent.organisation_path)
    work.hold(f"task_policies/{path}/{sent.kind}")
    policy: TaskPolicy | None = work.session.get(TaskPolicy, (path, sent.kind))
    days = {
        "due_workdays": sent.due_workdays,
        "escalate_workdays": sent.escalate_workdays,
        "escalate_again_workdays": sent.escalate_again_workdays,
    }
    if policy is None:
        policy = TaskPolicy(organisation_path=path, kind=sent.kind, update_time=work.now, **days)
        work.session.add(policy)
    else:
        for name, value in days.items():
            setattr(policy, name, value)
        policy.update_time = work.now
    work.session.flush()
    return policy


def list_policies(work: UnitOfWork, organisation_path: str) -> list[task_pb2.TaskPolicy]:
    """What holds in a unit, for each kind."""
    own = work.caller.organisation_path
    path = own if organisation_path in ("", own) else reaching.unit_path(work, organisation_path)
    above = paths_above(path)
    found = {
        (each.organisation_path, each.kind): each
        for each in work.session.scalars(select(TaskPolicy).where(TaskPolicy.organisation_path.in_(above)))
    }
    shown = []
    for kind, rule in DEADLINES.items():
        setter = nearest(path, {place for place, of_kind in found if of_kind == kind})
        if setter is not None:
            shown.append(as_message(found[setter, kind.value]))
        else:
            shown.append(
                task_pb2.TaskPolicy(
                    organisation_path=PATH_SEPARATOR,
                    kind=kind.value,
                    due_workdays=rule.due_workdays,
                    escalate_workdays=rule.escalate_workdays,
                    escalate_again_workdays=rule.escalate_again_workdays,
                )
            )
    return shown
