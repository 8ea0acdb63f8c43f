"""Claims: asked for by whoever works with a customer, decided by the level above, never more than there is."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from workbench.customer.v1 import exchange_events_pb2
from workbench.performance.v1 import claim_events_pb2, claim_pb2, claim_service_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.model import Customer, ShareLine
from tests.component.books import TownBooks
from tests.component.performance.claim_builders import (
    ACCOUNT,
    APPROVED,
    CONTRACT,
    CUSTOMER,
    PENDING,
    REJECTED,
    WITHDRAWN,
    business_date,
    claim,
    draft,
    refused,
    shares,
)
from tests.component.town import run_together


@pytest.fixture
def today(town):
    return business_date(town)


def test_a_claim_waits_and_then_counts(town, today):
    customer_id = town.customer(town.rm1_east)
    made = claim(town.rm1_east, customer_id, start_date=today, reason="一直由我维护")
    assert (made.state, made.claimant_person_id, made.reason) == (PENDING, town.rm1_east.person_id, "一直由我维护")
    assert made.parts[0].person_name == "王雅婷"
    assert made.customer_name == "欧阳芳"
    (event,) = town.recorded(claim_events_pb2.ClaimMade, claim_id=made.claim_id)
    assert event.organisation_path == f"{town.root}EAST/E01/"
    of_leader = claim(town.leader_east, town.customer(town.rm1_east), start_date=today)
    with refused("OWN_CLAIM"):
        town.leader_east.call("ApproveClaim", claim_id=of_leader.claim_id)
    decided = town.leader_east.call("ApproveClaim", claim_id=made.claim_id, etag=made.etag, reason="属实")
    assert (decided.state, decided.decider_person_id, decided.decide_reason) == (APPROVED, town.leader_east.person_id, "属实")
    assert shares(town.rm1_east, customer_id) == [(town.rm1_east.person_id, 10_000, today.isoformat(), "", 2)]
    with refused("CLAIM_DECIDED"):
        town.leader_east.call("RejectClaim", claim_id=made.claim_id, reason="再想")
    assert [e.state for e in town.recorded(claim_events_pb2.ClaimDecided, claim_id=made.claim_id)] == [APPROVED]


def test_several_claim_together_and_the_unit_above_all_of_them_decides(town, today):
    customer_id = town.customer(town.rm1_east)
    parts = ((town.rm1_east, 6_000), (town.rm2_east, 4_000))
    made = claim(town.rm1_east, customer_id, *parts, start_date=today)
    (event,) = town.recorded(claim_events_pb2.ClaimMade, claim_id=made.claim_id)
    assert event.organisation_path == f"{town.root}EAST/"
    # Whoever is to have a part sees it, and what is to be another's; the customer's name he does not reach.
    seen = town.rm2_east.call("GetClaim", claim_id=made.claim_id)
    assert [(part.person_id, part.basis_points) for part in seen.parts] == [(p.person_id, b) for p, b in parts]
    assert seen.customer_name == ""
    assert made.claim_id in [each.claim_id for each in town.rm2_east.call("ListClaims").claims]
    with refused("CLAIM_NOT_FOUND"):
        town.rm1_west.call("GetClaim", claim_id=made.claim_id)
    with refused("NOT_IN_CHARGE"):
        town.leader_east.call("ApproveClaim", claim_id=made.claim_id)
    with refused("CLAIM_NOT_FOUND"):
        town.manager_west.call("ApproveClaim", claim_id=made.claim_id)
    town.manager_east.call("ApproveClaim", claim_id=made.claim_id)
    assert {(p, b) for p, b, *_ in shares(town.rm2_east, customer_id)} == {(p.person_id, b) for p, b in parts}


def test_over_claims_are_refused_and_never_cut(town, today):
    customer_id = town.customer(town.rm1_east)
    claim(town.rm1_east, customer_id, (town.rm1_east, 7_000), start_date=today)
    with refused("SHARES_EXCEEDED") as over:
        claim(town.rm1_east, customer_id, (town.rm2_east, 2_000), (town.rm1_east, 1_001), start_date=today)
    assert over.value.metadata == {"date": today.isoformat(), "basisPointsAsked": "3001", "basisPointsFree": "3000"}
    claim(town.rm1_east, customer_id, (town.rm2_east, 2_000), (town.rm1_east, 1_000), start_date=today)
    assert sum(basis_points for _, basis_points, *_ in shares(town.rm1_east, customer_id)) == 10_000


def test_two_claims_at_once(town, today):
    customer_id = town.customer(town.rm1_east)
    outcomes = []

    def ask(basis_points):
        try:
            claim(town.rm1_east, customer_id, (town.rm1_east, basis_points), start_date=today)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)
        else:
            outcomes.append("made")

    run_together(ask, [6_000, 6_000, 6_000, 6_000])
    assert sorted(outcomes) == ["SHARES_EXCEEDED"] * 3 + ["made"]


def test_two_decisions_at_once(town, today):
    made = claim(town.rm1_east, town.customer(town.rm1_east), start_date=today)
    outcomes = []

    def decide(method):
        try:
            town.manager_east.call(method, claim_id=made.claim_id, reason="已核实")
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)
        else:
            outcomes.append(method)

    run_together(decide, ["ApproveClaim", "RejectClaim", "ApproveClaim", "RejectClaim"])
    assert outcomes.count("CLAIM_DECIDED") == 3
    assert len(town.recorded(claim_events_pb2.ClaimDecided, claim_id=made.claim_id)) == 1
    state = town.rm1_east.call("GetClaim", claim_id=made.claim_id).state
    (decided,) = set(outcomes) - {"CLAIM_DECIDED"}
    assert state == {"ApproveClaim": APPROVED, "RejectClaim": REJECTED}[decided]


def test_what_is_rejected_or_taken_back_is_free_again(town, today):
    customer_id = town.customer(town.rm1_east)
    first = claim(town.rm1_east, customer_id, start_date=today)
    town.leader_east.call("RejectClaim", claim_id=first.claim_id, reason="无依据")
    second = claim(town.rm1_east, customer_id, start_date=today)
    with refused("NOT_THE_CLAIMANT"):
        town.leader_east.call("WithdrawClaim", claim_id=second.claim_id)
    with refused("CLAIM_CHANGED"):
        town.rm1_east.call("WithdrawClaim", claim_id=second.claim_id, etag="0")
    assert town.rm1_east.call("WithdrawClaim", claim_id=second.claim_id, etag=second.etag).state == WITHDRAWN
    assert shares(town.rm1_east, customer_id) == []
    assert [share[-1] for share in shares(town.rm1_east, customer_id, show_void=True)] == [3, 3]
    states = [each.state for each in town.rm1_east.call("ListClaims", customer_id=customer_id).claims]
    assert states == [WITHDRAWN, REJECTED]


def test_an_approved_claim_ends_with_a_day(town, today):
    customer_id = town.customer(town.rm1_east)
    made = claim(town.rm1_east, customer_id, start_date=today - timedelta(days=10))
    with refused("CLAIM_NOT_APPROVED"):
        town.rm1_east.call("EndClaim", claim_id=made.claim_id, end_date=today.isoformat())
    town.leader_east.call("ApproveClaim", claim_id=made.claim_id)
    with refused("DATE_UNFIT"):
        town.rm1_east.call("EndClaim", claim_id=made.claim_id, end_date=(today - timedelta(days=11)).isoformat())
    ended = town.rm1_east.call("EndClaim", claim_id=made.claim_id, end_date=today.isoformat())
    assert ended.end_date == today.isoformat()
    claim(town.rm1_east, customer_id, start_date=today + timedelta(days=1))
    ends = [(start, end) for _, _, start, end, _ in shares(town.rm1_east, customer_id)]
    assert ends == [((today - timedelta(days=10)).isoformat(), today.isoformat()), ((today + timedelta(days=1)).isoformat(), "")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"object_number": "62220001"}, "OBJECT_UNCLEAR"),
        ({"object_kind": ACCOUNT}, "OBJECT_UNCLEAR"),
        ({"object_kind": ACCOUNT, "source_system": "core"}, "OBJECT_UNCLEAR"),
        ({"end_date": "2026-02-30"}, "DATE_INVALID"),
        ({"end_date": "0001-01-01"}, "DATE_UNFIT"),
        ({"start_date": "9999-12-31"}, "DATE_UNFIT"),
        ({"start_date": "0001-01-01"}, "DATE_UNFIT"),
        ({"kind": claim_pb2.CLAIM_KIND_AMOUNT_BAND, "from": "10.00"}, "BANDS_UNFIT"),
        ({"from": "10.00"}, "PARTS_UNFIT"),
        ({"object_kind": ACCOUNT, "from": "10.00", "kind": claim_pb2.CLAIM_KIND_AMOUNT_BAND, "to": "10.00"}, "PART_INVALID"),
        ({"object_kind": ACCOUNT, "from": "-1.00", "kind": claim_pb2.CLAIM_KIND_AMOUNT_BAND}, "AMOUNT_INVALID"),
        ({"object_kind": ACCOUNT, "from": "1.001", "kind": claim_pb2.CLAIM_KIND_AMOUNT_BAND}, "AMOUNT_INVALID"),
        ({"object_kind": ACCOUNT, "from": "999999999999999999", "kind": claim_pb2.CLAIM_KIND_AMOUNT_BAND}, "PART_INVALID"),
        ({"kind": claim_pb2.CLAIM_KIND_FIXED_AND_RATIO, "basis_points": 0}, "PARTS_UNFIT"),
        ({"basis_points": 0}, "PART_INVALID"),
    ],
)
def test_what_is_no_claim_is_refused(town, today, fields, reason):
    fields = dict(fields)
    wanted = draft(town.customer(town.rm1_east), (town.rm1_east, fields.pop("basis_points", 1)), start_date=today)
    for name in ("from", "to"):
        if name in fields:
            amount = getattr(wanted.parts[0], f"{name}_amount")
            amount.currency_code, amount.amount = "CNY", fields.pop(name)
    if fields.get("object_kind") == ACCOUNT and "kind" in fields:
        wanted.source_system, wanted.object_number = "core", "62220001"
    for name, value in fields.items():
        setattr(wanted, name, value)
    with refused(reason):
        town.rm1_east.call("CreateClaim", claim=wanted)


def test_who_may_claim_what(town, today):
    customer_id = town.customer(town.rm1_east)
    with refused("CUSTOMER_NOT_FOUND"):
        claim(town.rm1_west, customer_id, start_date=today)
    with refused("NOT_FOR_ONESELF"):
        claim(town.rm1_east, customer_id, (town.rm2_east, 10_000), start_date=today)
    with refused("PERSON_TWICE"):
        claim(town.rm1_east, customer_id, (town.rm1_east, 1), (town.rm1_east, 1), start_date=today)
    with refused("POST_MAY_NOT_CLAIM"):
        claim(town.rm1_east, customer_id, (town.rm1_east, 1), (town.auditor, 1), start_date=today)
    # Nobody stands above the bank's own branch manager.
    head = town.colleague("branch_manager", "")
    with refused("NOBODY_DECIDES"):
        claim(head, customer_id, start_date=today)
    # A leader claims for somebody whom he is in charge of; the level above decides.
    made = claim(town.leader_east, customer_id, (town.rm1_east, 10_000), start_date=today)
    with refused("OWN_CLAIM"):
        town.leader_east.call("ApproveClaim", claim_id=made.claim_id)
    town.manager_east.call("ApproveClaim", claim_id=made.claim_id)


def test_what_nobody_leads_is_open_to_the_unit(town, today):
    open_id = town.customer(town.rm1_east, lead_person_id="")
    elsewhere = town.customer(town.rm1_west, lead_person_id="")
    mine = town.customer(town.rm1_east)
    pool = {item.customer_id: item for item in town.rm1_east.call("ListPool").pool_items}
    assert set(pool) == {open_id, mine}
    assert (pool[open_id].customer_name, pool[mine].customer_name) == ("", "欧阳芳")
    with refused("CUSTOMER_NOT_FOUND"):
        claim(town.rm1_east, elsewhere, start_date=today)
    made = claim(town.rm1_east, open_id, (town.rm1_east, 4_000), start_date=today)
    (item,) = (each for each in town.rm1_east.call("ListPool").pool_items if each.customer_id == open_id)
    assert (item.claimed_basis_points, item.pending_basis_points) == (0, 4_000)
    town.manager_east.call("ApproveClaim", claim_id=made.claim_id)
    of_unit = town.manager_east.call("ListPool", organisation_path=f"{town.root}EAST/").pool_items
    assert {(each.customer_id, each.claimed_basis_points) for each in of_unit} == {(open_id, 4_000), (mine, 0)}
    wholly = town.manager_east.call("ListPool", organisation_path=f"{town.root}EAST/", wholly=True).pool_items
    assert [each.customer_id for each in wholly] == [mine]
    with refused("UNIT_NOT_FOUND"):
        town.manager_west.call("ListPool", organisation_path=f"{town.root}EAST/")


def test_a_fixed_amount_first_and_bands(town, today):
    customer_id = town.customer(town.rm1_east)
    of_account = {"object_kind": ACCOUNT, "source_system": "core", "object_number": f"6222-{town.root[3:-1]}"}
    wanted = draft(customer_id, (town.rm1_east, 5_000), (town.rm2_east, 5_000), start_date=today, **of_account)
    wanted.kind = claim_pb2.CLAIM_KIND_FIXED_AND_RATIO
    wanted.parts[0].fixed_amount.currency_code, wanted.parts[0].fixed_amount.amount = "CNY", "1000.00"
    made = town.rm1_east.call("CreateClaim", claim=wanted)
    assert made.parts[0].fixed_amount.amount == "1000.00"
    found = town.rm1_east.call("ListShares", customer_id=customer_id, **of_account).shares
    bands = sorted((share.person_id, share.from_minor_units, share.to_minor_units, share.basis_points) for share in found)
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    assert bands == sorted([(one, 0, 100_000, 10_000), (one, 100_000, 0, 5_000), (other, 100_000, 0, 5_000)])
    # Of an account somebody else's customer has nothing to say.
    town.rm1_west.call("CreateClaim", claim=draft(town.customer(town.rm1_west), (town.rm1_west, 1), start_date=today))
    with refused("ACCOUNT_OF_ANOTHER"):
        stolen = draft(town.customer(town.rm1_west), (town.rm1_west, 1), start_date=today, **of_account)
        town.rm1_west.call("CreateClaim", claim=stolen)


def finished(town, person, operation):
    for _ in range(600):
        operation = person.call("GetOperation", service="performance", operation_id=operation.operation_id)
        if operation.HasField("end_time"):
            return operation
        time.sleep(0.05)
    raise AssertionError("It did not end.")


def test_a_whole_portfolio_is_claimed(town, today):
    owned, free = town.customer(town.rm1_east), [town.customer(town.rm1_east) for _ in range(3)]
    claim(town.rm1_east, owned, (town.rm1_east, 1_000), start_date=today)
    done = finished(town, town.rm1_east, town.rm1_east.call("ClaimPortfolio"))
    assert done.message == "3 claims."
    claims = town.rm1_east.call("ListClaims", state=PENDING).claims
    assert {each.customer_id for each in claims} == {owned, *free}
    answer = town.leader_east.call("BatchDecideClaims", claim_ids=[each.claim_id for each in claims], state=APPROVED)
    assert (answer.decided_count, list(answer.refused)) == (4, [])
    again = town.leader_east.call("BatchDecideClaims", claim_ids=[claims[0].claim_id], state=REJECTED)
    assert [(each.claim_id, each.reason) for each in again.refused] == [(claims[0].claim_id, "CLAIM_DECIDED")]
    assert finished(town, town.rm1_east, town.rm1_east.call("ClaimPortfolio")).message == "0 claims."


def imported(town, customer_id, number, *parts, **fields):
    with town.service.database.transaction(read_only=True) as work:
        customer_number = work.session.get(Customer, customer_id).customer_number
    told = {
        "object_kind": CUSTOMER, "customer_number": customer_number,
        "kind": claim_pb2.CLAIM_KIND_RATIO, "start_date": "2019-03-01",
        "parts": [
            claim_service_pb2.ImportedPart(staff_number=person.person_id[:8], basis_points=basis_points)
            for person, basis_points in parts
        ],
    } | fields  # fmt: skip
    return claim_service_pb2.ImportedClaim(import_number=number, **told)


def test_claims_of_another_system_are_taken_over_once(town):
    first, second = town.customer(town.rm1_east), town.customer(town.rm1_west)
    system = f"crm{town.root[3:-1].lower()}"
    rows = [
        imported(town, first, "1", (town.rm1_east, 6_000), (town.rm2_east, 4_000)),
        imported(town, second, "2", (town.rm1_west, 6_000)),
        imported(town, second, "3", (town.rm1_west, 4_001)),
        imported(town, second, "4", (town.rm1_west, 1), customer_number="nobody"),
        imported(town, first, "5", (town.rm1_west, 1), start_date="2019-02-30"),
    ]

    def take(rows, **fields):
        return finished(town, town.steward, town.steward.call("ImportClaims", import_system=system, claims=rows, **fields))

    tried = take(rows, dry_run=True)
    assert tried.message == "Nothing was kept: 2 created, 0 updated, 0 unchanged, 3 refused."
    assert shares(town.rm1_east, first) == []
    done = take(rows)
    assert done.message == "2 created, 0 updated, 0 unchanged, 3 refused."
    assert done.result_file_name == "refused-claims.csv"
    assert shares(town.rm1_east, first)[0][2:] == ("2019-03-01", "", 2)
    assert take(rows).message == "0 created, 0 updated, 2 unchanged, 3 refused."
    # What was decided here since, a repeat leaves as it is.
    (of_second,) = town.rm1_west.call("ListClaims").claims
    town.rm1_west.call("EndClaim", claim_id=of_second.claim_id, end_date="2020-12-31")
    assert take(rows[1:2]).message == "0 created, 0 updated, 1 unchanged, 0 refused."
    assert shares(town.rm1_west, second) == [(town.rm1_west.person_id, 6_000, "2019-03-01", "2020-12-31", 2)]
    rows[0].parts[0].basis_points = 5_000
    assert take(rows[:1]).message == "0 created, 1 updated, 0 unchanged, 0 refused."
    assert sorted(share[1] for share in shares(town.rm1_east, first)) == [4_000, 5_000]
    with refused("NUMBER_TWICE"):
        take([rows[0], rows[0]])


def test_a_contract_may_have_the_number_of_another_customers_account(town, today):
    drawer, saver = town.customer(town.rm1_east), town.customer(town.rm1_east)
    books, day = TownBooks.of(town), today - timedelta(days=1)
    bill = {"bill_number": "1", "face_minor_units": 100_00, "issue_date": day, "maturity_date": day + timedelta(days=90)}
    books.write("bills", day, [bill | {"customer_number": drawer[:12]}])
    books.accounts(day, {"1": saver[:12]})
    of = {"source_system": books.source_system, "object_number": "1"}
    rows = [
        imported(town, customer_id, f"{kind}/{customer_id[:8]}", (town.rm1_east, 10_000), object_kind=kind, **of)
        for customer_id in (drawer, saver)
        for kind in (CONTRACT, ACCOUNT)
    ]
    done = finished(town, town.steward, town.steward.call("ImportClaims", import_system=books.source_system, claims=rows))
    assert done.message == "2 created, 0 updated, 0 unchanged, 2 refused."
    found = town.rm1_east.call("ListClaims").claims
    assert {(each.object_kind, each.customer_id) for each in found} == {(CONTRACT, drawer), (ACCOUNT, saver)}


def test_texts_of_an_erased_customer_are_forgotten(town, today):
    customer_id = town.customer(town.rm1_east)
    made = claim(town.rm1_east, customer_id, start_date=today, reason="客户住址迁移")
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer_id))
    assert town.leader_east.call("GetClaim", claim_id=made.claim_id).reason == ""
    with refused("CUSTOMER_GONE"):
        claim(town.rm1_east, customer_id, start_date=today)
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.scalars(select(ShareLine).filter_by(object_key=customer_id)).one().start_date == date.fromisoformat(
            made.start_date
        )
