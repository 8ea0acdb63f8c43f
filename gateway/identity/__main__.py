"""`python -m gateway.identity {serve,work,migrate}`."""

from __future__ import annotations

from gateway.identity.events import SUBSCRIPTIONS, TIMERS
from gateway.identity.rpc import directory_service, grant_service, session_service
from gateway.identity.usecases import restating
from gateway.identity.usecases.personnel import following
from gateway.identity.usecases.settings import IdentitySettings
from services.chassis import runtime
from services.chassis.service import Service

SERVICE = Service(
    name="identity",
    package="gateway.identity",
    rpcs={
        "workbench.identity.v1.SessionService": session_service,
        "workbench.identity.v1.DirectoryService": directory_service,
        "workbench.identity.v1.GrantService": grant_service,
    },
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    works=(following.WORK,),
    settings=IdentitySettings,
    announcements=restating.ANNOUNCEMENTS,
)

if __name__ == "__main__":
    runtime.main(SERVICE)
