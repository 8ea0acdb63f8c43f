"""`python -m services.activity {serve,work,migrate}`."""

from __future__ import annotations

from services.activity.events import SUBSCRIPTIONS, TIMERS
from services.activity.rpc import comment_service, knowledge_service
from services.activity.usecases.knowledge import policies
from services.activity.usecases.settings import ActivitySettings
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="activity",
    package="services.activity",
    rpcs={
        "workbench.activity.v1.CommentService": comment_service,
        "workbench.activity.v1.KnowledgeService": knowledge_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(*policies.WORKS,),
    settings=ActivitySettings,
    asks=("customer", "identity"),
)

if __name__ == "__main__":
    runtime.main(SERVICE)
