"""Tasks: taken on, given, done, followed up, and told of where they are late; within the reach of whoever asks."""

from contextlib import contextmanager

from workbench.activity.v1 import task_events_pb2

from services.activity.rules.tasks import TaskKind
from services.activity.usecases.tasks.opening import open_task


@contextmanager
def acting(town, person):
    """A transaction of somebody with the scope of his post."""
    (grant,) = person.caller.grants
    with town.service.database.transaction(person.caller, scope=grant.scope) as work:
        yield work


def test_a_source_opens_one_task_for_each_key(town):
    customer = town.customer(town.rm1_east)
    owner = {"owner_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    for _ in range(2):
        # Whoever opens it need not reach it.
        with acting(town, town.rm1_west) as work:
            task = open_task(
                work,
                kind=TaskKind.SATISFACTION,
                title="回访",
                customer_id=customer,
                source="survey",
                source_key=customer,
                **owner,
            )
    (told,) = town.recorded(task_events_pb2.TaskCreated, customer_id=customer)
    assert told.task_id == task.task_id
    assert told.source == "survey"
    assert told.due_date > told.business_date
