"""The inbox of what waits for a second person 待审批: noted as it is asked for, dropped as it is decided.

Where and how something is decided stands with the thing. What is noted here only finds whoever may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, or_, select, true
from workbench.activity.v1 import approval_service_pb2
from workbench.analytics.v1 import signal_events_pb2
from workbench.customer.v1 import coverage_events_pb2, exchange_events_pb2
from workbench.performance.v1 import claim_events_pb2, deal_events_pb2, product_events_pb2

from services.activity.model.approval import Approval
from services.activity.rules.tasks import NO_DATE
from services.activity.usecases import reaching
from services.activity.usecases.tasks.opening import shown_date
from services.chassis.db import listing
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper

COUNTED_MAX = 1_000
CLAIM_PERMISSION = "performance.claim.decide"
DEAL_PERMISSION = "performance.deal.decide"
HAND_OVER_PERMISSION = "customer.coverage.approve"
ERASURE_PERMISSION = "customer.subject.approve"
OBJECTION_PERMISSION = "performance.claim.adjudicate"
PRODUCT_PERMISSION = "performance.product.define"
REPORT_PERMISSION = "activity.report.confirm"
SIGNAL_RULE_PERMISSION = "analytics.signal.define"
# By which something can be decided: a question names these, and not all that a caller holds.
PERMISSIONS = (
    CLAIM_PERMISSION,
    DEAL_PERMISSION,
    ERASURE_PERMISSION,
    HAND_OVER_PERMISSION,
    OBJECTION_PERMISSION,
    PRODUCT_PERMISSION,
    REPORT_PERMISSION,
    SIGNAL_RULE_PERMISSION,
)
_FORGOTTEN_AT_ONCE = 500

_plain = Mapper(
    approval_service_pb2.Approval,
    omitted=("requester_name",),
    renamed={"requester_person_id": "owner_person_id"},
    computed={"expire_date": lambda approval: shown_date(approval.expire_date)},
)


def ask_decision(
    work: UnitOfWork,
    *,
    kind: str,
    resource: str,
    organisation_path: str,
    permission: str,
    requester_person_id: str,
    parameters: Mapping[str, str] | None = None,
    expire_date: date | None = None,
) -> None:
    """Notes that something waits for whoever holds the permission in the unit and did not ask for it; once for each resource.

    `kind` is a name in small letters such as `work_report`; `resource` where it is decided, such as `workReports/0198…`;
    `parameters` are numbers, dates and ids, nothing that identifies a customer. `permission` is one of PERMISSIONS.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"Nobody would see what waits for {permission}.")
    work.hold(f"approvals/{resource}")
    with work.whole_bank():
        known = work.session.scalars(select(Approval).where(Approval.resource == resource)).one_or_none()
        if known is None:
            work.session.add(
                Approval(
                    approval_id=work.new_id(),
                    kind=kind,
                    resource=resource,
                    permission=permission,
                    owner_person_id=requester_person_id,
                    organisation_path=organisation_path,
                    parameters=dict(parameters or {}),
                    expire_date=expire_date or NO_DATE,
                    create_time=work.now,
                )
            )
            work.session.flush()


def end_decision(work: UnitOfWork, resource: str) -> None:
    """It was decided, or taken back: it waits for nobody any more."""
    with work.whole_bank():
        statement = delete(Approval).where(Approval.resource == resource)
        work.session.execute(statement.execution_options(synchronize_session=False))


def list_approvals(work: UnitOfWork, request: approval_service_pb2.ListApprovalsRequest) -> Page:
    """A page of what the caller may decide, or of what he asked for; the first first."""
    statement = _waiting(work).where(_asked(work) if request.own else _decides(work))
    if request.kind:
        statement = statement.where(Approval.kind == request.kind)
    return listing.read_page(work, statement, request, ((Approval.approval_id, listing.text),))


def count_approvals(work: UnitOfWork) -> tuple[int, bool]:
    """How many wait for the caller, and whether there are more than are counted."""
    some = _waiting(work).with_only_columns(Approval.approval_id).where(_decides(work)).limit(COUNTED_MAX + 1).subquery()
    count = work.session.scalar(select(func.count()).select_from(some)) or 0
    return min(count, COUNTED_MAX), count > COUNTED_MAX


def as_messages(work: UnitOfWork, approvals: list[Approval]) -> list[approval_service_pb2.Approval]:
    """As they are shown, with who asked."""
    names = reaching.person_names(work, (each.owner_person_id for each in approvals))
    shown = []
    for approval in approvals:
        message = _plain(approval)
        message.requester_name = names.get(approval.owner_person_id, "")
        shown.append(message)
    return shown


def propose_hand_over(work: UnitOfWork, event: coverage_events_pb2.HandOverProposed) -> None:
    """A hand-over waits for a second person."""
    ask_decision(
        work,
        kind="hand_over",
        resource=f"handOvers/{event.hand_over_id}",
        organisation_path=event.organisation_path,
        permission=HAND_OVER_PERMISSION,
        requester_person_id=event.proposer_person_id,
        parameters={"customerCount": str(event.customer_count)},
        expire_date=date.fromisoformat(event.expire_date) if event.expire_date else None,
    )


def end_hand_over(
    work: UnitOfWork,
    event: coverage_events_pb2.HandOverRejected | coverage_events_pb2.HandOverWithdrawn | coverage_events_pb2.CoverageHandedOver,
) -> None:
    """A hand-over was decided, or taken back."""
    end_decision(work, f"handOvers/{event.hand_over_id}")


def request_erasure(work: UnitOfWork, event: exchange_events_pb2.ErasureRequested) -> None:
    """An erasure of a customer's data waits for a second person."""
    ask_decision(
        work,
        kind="erasure",
        resource=f"erasures/{event.erasure_id}",
        organisation_path=event.organisation_path,
        permission=ERASURE_PERMISSION,
        requester_person_id=event.request_person_id,
    )


def end_erasure(work: UnitOfWork, event: exchange_events_pb2.ErasureRejected | exchange_events_pb2.CustomerErased) -> None:
    """It was turned down, or carried out."""
    end_decision(work, f"erasures/{event.erasure_id}")


def submit_product_version(work: UnitOfWork, event: product_events_pb2.ProductVersionSubmitted) -> None:
    """A version of a product waits for a second person."""
    ask_decision(
        work,
        kind="product_version",
        resource=f"productVersions/{event.product_version_id}",
        organisation_path=event.organisation_path,
        permission=PRODUCT_PERMISSION,
        requester_person_id=event.author_person_id,
        parameters={"productCode": event.product_code, "startDate": event.start_date},
    )


def end_product_version(
    work: UnitOfWork,
    event: product_events_pb2.ProductVersionPublished
    | product_events_pb2.ProductVersionRejected
    | product_events_pb2.ProductVersionWithdrawn,
) -> None:
    """It was published, given back, or taken back."""
    end_decision(work, f"productVersions/{event.product_version_id}")


def propose_signal_rule(work: UnitOfWork, event: signal_events_pb2.SignalRuleProposed) -> None:
    """A version of a rule of signals waits for a second person."""
    ask_decision(
        work,
        kind="signal_rule",
        resource=f"signalRuleVersions/{event.signal_rule_version_id}",
        organisation_path=event.organisation_path,
        permission=SIGNAL_RULE_PERMISSION,
        requester_person_id=event.author_person_id,
        parameters={"ruleCode": event.rule_code, "versionNumber": str(event.version_number)},
    )


def end_signal_rule(
    work: UnitOfWork,
    event: signal_events_pb2.SignalRuleApproved | signal_events_pb2.SignalRuleRejected | signal_events_pb2.SignalRuleWithdrawn,
) -> None:
    """It was approved, turned down, or taken back."""
    end_decision(work, f"signalRuleVersions/{event.signal_rule_version_id}")


def make_claim(work: UnitOfWork, event: claim_events_pb2.ClaimMade) -> None:
    """A claim waits for whoever is in charge of all who are to have a part."""
    ask_decision(
        work,
        kind="claim",
        resource=f"claims/{event.claim_id}",
        organisation_path=event.organisation_path,
        permission=CLAIM_PERMISSION,
        requester_person_id=event.claimant_person_id,
        parameters={"startDate": event.start_date, "peopleCount": str(len(event.person_ids))},
    )


def end_claim(work: UnitOfWork, event: claim_events_pb2.ClaimDecided) -> None:
    """It was decided, or taken back."""
    end_decision(work, f"claims/{event.claim_id}")


def raise_objection(work: UnitOfWork, event: claim_events_pb2.ObjectionRaised | claim_events_pb2.ObjectionEscalated) -> None:
    """An objection waits for adjudication; where a deadline passed, for the unit above in place of the one before."""
    end_decision(work, f"objections/{event.objection_id}")
    ask_decision(
        work,
        kind="objection",
        resource=f"objections/{event.objection_id}",
        organisation_path=event.organisation_path,
        permission=OBJECTION_PERMISSION,
        requester_person_id=event.objector_person_id,
        parameters={"dueDate": event.due_date},
    )


def end_objection(work: UnitOfWork, event: claim_events_pb2.ObjectionDecided) -> None:
    """It was adjudicated, or taken back."""
    end_decision(work, f"objections/{event.objection_id}")


def propose_deal_split(work: UnitOfWork, event: deal_events_pb2.DealSplitProposed) -> None:
    """How a team shares a deal waits for its leader."""
    ask_decision(
        work,
        kind="deal_split",
        resource=f"deals/{event.deal_id}",
        organisation_path=event.organisation_path,
        permission=DEAL_PERMISSION,
        requester_person_id=event.proposer_person_id,
        parameters={"peopleCount": str(len(event.member_person_ids))},
    )


def end_deal_split(work: UnitOfWork, event: deal_events_pb2.DealDecided | deal_events_pb2.DealSplitWithdrawn) -> None:
    """It was decided, or is proposed no more."""
    end_decision(work, f"deals/{event.deal_id}")


def forget_expired(work: UnitOfWork) -> None:
    """Drops what became void undecided, a portion of it."""
    void = select(Approval.approval_id).where(Approval.expire_date < work.business_date).limit(_FORGOTTEN_AT_ONCE)
    statement = delete(Approval).where(Approval.approval_id.in_(void))
    work.session.execute(statement.execution_options(synchronize_session=False))


def _waiting(work: UnitOfWork) -> Select[Any]:
    return select(Approval).where(Approval.expire_date >= work.business_date)


def _asked(work: UnitOfWork) -> ColumnElement[bool]:
    return Approval.owner_person_id == work.caller.person_id


def _decides(work: UnitOfWork) -> ColumnElement[bool]:
    """Where the caller holds what it takes, in the units in which he holds it; nobody decides what he asked for."""
    held = {name: work.caller.scope(name).organisation_paths for name in PERMISSIONS if work.caller.holds(name)}
    may = [and_(Approval.permission == name, _in_units(paths)) for name, paths in held.items() if paths]
    return and_(or_(false(), *may), Approval.owner_person_id != work.caller.person_id)


def _in_units(paths: Sequence[str]) -> ColumnElement[bool]:
    if PATH_SEPARATOR in paths:
        return true()
    return or_(*(below(Approval.organisation_path, path) for path in paths))
