"""What the bank's people do about whose results are: a few claims that wait, an objection under adjudication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from workbench.performance.v1 import claim_pb2, claim_service_pb2, objection_service_pb2, share_pb2

from deploy.demonstration.organisation import BRANCHES
from deploy.demonstration.shares.claims import Claims
from deploy.demonstration.shares.people import People
from deploy.demonstration.working_days.lives import Life, Lives

# Of each branch so many customers of the pool are claimed and wait, by whether the lead can sign in; he has others left to claim.
_CLAIMED_OF_POOL = {True: 1, False: 2}
_REASONS = ("客户由本人营销并开户，申请认领。", "本人已持续维护该客户，申请认领。", "客户原无管户人，经网点同意由本人认领。")
_EVIDENCE = "本季度该客户的三次拜访和理财配置均由本人完成，现有分成比例与实际投入不符，申请重新裁定。"

# The customer service's id of a customer, by its number; None where there is none.
CustomerId = Callable[[str], str | None]


def claim_and_object(people: People, lives: Lives, claims: Claims, customer_id: CustomerId, until: date) -> None:
    """Has relationship managers claim some customers of the pool, and one of each branch object to how two share a customer."""
    there = [life for life in lives.between(0, len(lives)) if life.open_date <= until and not life.leaves]
    unclaimed = Counter(claims.lead(life).staff_number for life in there if claims.is_pool(life))
    claimed: Counter[tuple[str, bool]] = Counter()
    objected: set[str] = set()
    for life in there:
        branch = next(each.code for each in BRANCHES if life.customer.organisation_path.startswith(each.path))
        if claims.is_pool(life):
            lead = claims.lead(life)
            signs_in = bool(lead.login)
            enough = unclaimed[lead.staff_number] > signs_in
            if enough and claimed[branch, signs_in] < _CLAIMED_OF_POOL[signs_in]:
                claimed[branch, signs_in] += 1
                _claim(people, claims, life, customer_id, until)
        elif branch not in objected and (sharer := claims.sharer(life)):
            objected.add(branch)
            request = objection_service_pb2.CreateObjectionRequest(
                objection={
                    "object_kind": share_pb2.OBJECT_KIND_CUSTOMER,
                    "customer_id": customer_id(life.customer.customer_number),
                    "evidence": _EVIDENCE,
                },
                request_id=people.bank.id_of(f"objection/{life.customer.customer_number}"),
            )
            people.ask(sharer, "ObjectionService/CreateObjection", request, "objections")


def _claim(people: People, claims: Claims, life: Life, customer_id: CustomerId, until: date) -> None:
    lead, number = claims.lead(life), life.customer.customer_number
    request = claim_service_pb2.CreateClaimRequest(
        claim={
            "object_kind": share_pb2.OBJECT_KIND_CUSTOMER,
            "customer_id": customer_id(number),
            "kind": claim_pb2.CLAIM_KIND_RATIO,
            "start_date": until.replace(day=1).isoformat(),
            "parts": [{"person_id": lead.person_id, "basis_points": 10_000}],
            "reason": _REASONS[int(number) % len(_REASONS)],
        },
        request_id=people.bank.id_of(f"claim/{number}"),
    )
    people.ask(lead, "ClaimService/CreateClaim", request, "claims that wait")
