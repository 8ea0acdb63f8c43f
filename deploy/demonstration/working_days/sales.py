"""What was sold in two years, and what was not: opportunities with their stages, their ends, and who worked on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.activity.v1 import lead_pb2, lead_service_pb2, opportunity_pb2, opportunity_service_pb2

from deploy.demonstration.customers import Kind, Tier
from deploy.demonstration.draws import Draw, Weighted
from deploy.demonstration.organisation import Person
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.workdays import Workdays

# Of the workbench's usual pipeline.
STAGES = ("contact", "needs", "proposal", "approval", "signing")
_STAGE_DAYS = (12, 18, 25, 20, 10)
_WIN_REASONS = Weighted.of((("relationship", 35), ("price", 20), ("product", 20), ("service", 20), ("other", 5)))
_LOSS_REASONS = Weighted.of(
    (
        ("price", 28),
        ("competitor", 22),
        ("no_need", 16),
        ("no_answer", 12),
        ("too_slow", 10),
        ("credit_declined", 8),
        ("other", 4),
    )
)
_COMPETITORS = ("城商行", "农商行", "股份制银行", "国有大行", "外资银行")
# By code: what it is called, and what it comes to, in hundredths, before the customer's own size.
_PRODUCTS = {
    "WEALTH": ("理财配置", 10_000_000), "CD": ("大额存单", 20_000_000), "INSURANCE": ("保险配置", 3_000_000),
    "PERSONAL_LOAN": ("个人贷款", 30_000_000), "FUND": ("基金定投", 2_000_000),
}  # fmt: skip
_PRODUCTS_OF_COMPANIES = {
    "WORKING_CAPITAL": ("流动资金贷款", 500_000_000), "BILL_DISCOUNT": ("票据贴现", 300_000_000),
    "PAYROLL": ("代发工资", 80_000_000), "FACTORING": ("保理", 400_000_000), "LETTER_OF_CREDIT": ("信用证", 350_000_000),
    "STRUCTURED_DEPOSIT": ("结构性存款", 600_000_000),
}  # fmt: skip
_SIZES = {Tier.MASS: 1, Tier.AFFLUENT: 2, Tier.PREMIER: 5, Tier.PRIVATE: 12}
# How many days lie between two, of people and of others; the mass of people buy at the counter.
_PAUSE_DAYS = {Tier.AFFLUENT: 1_200, Tier.PREMIER: 560, Tier.PRIVATE: 320}
_PAUSE_DAYS_OF_COMPANIES = {Tier.MASS: 720, Tier.AFFLUENT: 480, Tier.PREMIER: 320, Tier.PRIVATE: 200}
# Of a hundred that are won: of those who stay, and of those who are about to leave.
_WON, _WON_OF_LEAVERS = 42, 12
# Of a hundred: deals of teams, and of these, teams of three.
_SHARED, _OF_THREE = 25, 35

_OPEN, _STATE_WON = opportunity_pb2.OPPORTUNITY_STATE_OPEN, opportunity_pb2.OPPORTUNITY_STATE_WON
_STATE_LOST = opportunity_pb2.OPPORTUNITY_STATE_LOST
_SUPPORTS = opportunity_pb2.MemberRole.Value("MEMBER_ROLE_SUPPORT")

# Of a hundred deals: those that came from a lead, and after which another lead came to nothing.
_FROM_A_LEAD, _CAME_TO_NOTHING = 60, 45
_LEAD_SOURCES = tuple(
    lead_pb2.LeadSource.Value(f"LEAD_SOURCE_{name}")
    for name in ("OWN_WORK", "OWN_WORK", "CUSTOMER_REFERRAL", "CAMPAIGN", "WALK_IN", "ONLINE", "COLLEAGUE_REFERRAL", "EVENT")
)
_NEW, _CONVERTED, _DISQUALIFIED = lead_pb2.LEAD_STATE_NEW, lead_pb2.LEAD_STATE_CONVERTED, lead_pb2.LEAD_STATE_DISQUALIFIED
_HOT, _WARM, _COLD = lead_pb2.LEAD_GRADE_HOT, lead_pb2.LEAD_GRADE_WARM, lead_pb2.LEAD_GRADE_COLD
_DISQUALIFY_REASONS = tuple(
    lead_pb2.DisqualifyReason.Value(f"DISQUALIFY_REASON_{name}")
    for name in ("NO_NEED", "NOT_ELIGIBLE", "NOT_REACHED", "COMPETITOR")
)


@dataclass(frozen=True, slots=True)
class Deal:
    """One opportunity from beginning to end, whenever that is."""

    number: str
    product: str
    # When it came to which stage; one that is lost does not come to the last.
    stages: tuple[tuple[str, date], ...]
    close_date: date
    won: bool

    @property
    def open_date(self) -> date:
        """When it began."""
        return self.stages[0][1]


def deals_of(lives: Lives, life: Life, workdays: Workdays, first: date, last: date) -> Iterator[Deal]:
    """A customer's opportunities that begin on those dates."""
    customer, seed = life.customer, lives.bank.seed
    pauses = _PAUSE_DAYS if customer.kind == Kind.RETAIL else _PAUSE_DAYS_OF_COMPANIES
    pause_days = pauses.get(customer.tier)
    if pause_days is None:
        return
    day = max(first, life.open_date) + timedelta(days=Draw(seed, f"first deal/{customer.customer_number}").below(pause_days))
    place = 0
    while (day := workdays.on_or_after(day)) <= last and not (life.leaves and day >= life.loss_date):
        draw = Draw(seed, f"deal/{customer.customer_number}/{place}")
        deal = _deal(life, f"{customer.customer_number}/deal/{place}", day, draw)
        yield deal
        day = deal.close_date + timedelta(days=pause_days * (40 + draw.below(121)) // 100)
        place += 1


def written(lives: Lives, life: Life, deal: Deal, until: date) -> opportunity_service_pb2.ImportedOpportunity:
    """The opportunity as it stands on a date."""
    customer = life.customer
    draw = Draw(lives.bank.seed, f"written/{deal.number}")
    product_name, usual = (_PRODUCTS if customer.kind == Kind.RETAIL else _PRODUCTS_OF_COMPANIES)[deal.product]
    amount = usual * _SIZES[customer.tier] * (50 + draw.below(101)) // 100 // 1_000_000 * 10_000
    opportunity = opportunity_pb2.Opportunity(
        title=f"{product_name}需求",
        product_codes=[deal.product],
        expected_amount={"currency_code": "CNY", "amount": str(max(amount, 10_000))},
        expected_close_date=(deal.open_date + timedelta(days=60 + draw.below(60))).isoformat(),
    )
    opportunity.members.extend(
        opportunity_pb2.OpportunityMember(person_id=each.person_id, role=_SUPPORTS) for each in supporters(lives, life, deal)
    )
    reached = [(code, day) for code, day in deal.stages if day <= until]
    row = opportunity_service_pb2.ImportedOpportunity(
        source_number=deal.number,
        opportunity=opportunity,
        customer_number=customer.customer_number,
        owner_person_id=customer.lead_person_id,
        stages=[{"stage_code": code, "enter_date": day.isoformat()} for code, day in reached],
        state=_OPEN,
    )
    if deal.close_date <= until:
        row.close_date = deal.close_date.isoformat()
        row.state = _STATE_WON if deal.won else _STATE_LOST
        row.reason_code = (_WIN_REASONS if deal.won else _LOSS_REASONS).draw(draw)
        if row.reason_code == "competitor":
            row.won_by = draw.one_of(_COMPETITORS)
    return row


def supporters(lives: Lives, life: Life, deal: Deal) -> list[Person]:
    """Who of the outlet helps with a deal: mostly nobody, else one or two."""
    draw = Draw(lives.bank.seed, f"team/{deal.number}")
    colleagues = lives.colleagues(life)
    if not colleagues or not draw.chance(_SHARED):
        return []
    first = draw.one_of(colleagues)
    others = [each for each in colleagues if each.person_id != first.person_id]
    return [first, draw.one_of(others)] if others and draw.chance(_OF_THREE) else [first]


def _deal(life: Life, number: str, day: date, draw: Draw) -> Deal:
    products = _PRODUCTS if life.customer.kind == Kind.RETAIL else _PRODUCTS_OF_COMPANIES
    product = draw.one_of(list(products))
    ends_badly = life.leaves and day + timedelta(days=sum(_STAGE_DAYS)) >= life.decline_date
    won = draw.chance(_WON_OF_LEAVERS if ends_badly else _WON)
    stage_count = len(STAGES) if won else 1 + draw.below(len(STAGES) - 1)
    stages = []
    for code, days in list(zip(STAGES, _STAGE_DAYS, strict=True))[:stage_count]:
        stages.append((code, day))
        day += timedelta(days=1 + days * (30 + draw.below(171)) // 100)
    return Deal(number, product, tuple(stages), day, won)


def leads_of(
    lives: Lives, life: Life, workdays: Workdays, deals: Sequence[Deal], until: date
) -> Iterator[tuple[date, lead_service_pb2.ImportedLead]]:
    """The leads from which the deals came, and those from which nothing came, as they stand on a date; with the first day."""
    for deal in deals:
        draw = Draw(lives.bank.seed, f"lead/{deal.number}")
        if draw.chance(_FROM_A_LEAD):
            captured = workdays.on_or_after(deal.open_date - timedelta(days=2 + draw.below(9)))
            row = _lead(life, f"{deal.number}/lead", deal.product, captured, draw)
            _follow(row, workdays, captured, deal.open_date, until, draw)
            if deal.open_date <= until and row.follow_date:
                row.state, row.grade = _CONVERTED, draw.one_of((_HOT, _WARM))
                row.close_date, row.opportunity_number = deal.open_date.isoformat(), deal.number
            yield captured, row
        if draw.chance(_CAME_TO_NOTHING):
            captured = workdays.on_or_after(deal.close_date + timedelta(days=10 + draw.below(60)))
            if captured > until:
                continue
            closed = workdays.on_or_after(captured + timedelta(days=3 + draw.below(25)))
            row = _lead(life, f"{deal.number}/no_lead", deal.product, captured, draw)
            _follow(row, workdays, captured, closed, until, draw)
            if closed <= until:
                row.state, row.grade, row.close_date = _DISQUALIFIED, _COLD, closed.isoformat()
                row.disqualify_reason = draw.one_of(_DISQUALIFY_REASONS)
            yield captured, row


def _lead(life: Life, number: str, product: str, captured: date, draw: Draw) -> lead_service_pb2.ImportedLead:
    return lead_service_pb2.ImportedLead(
        source_number=number,
        lead={"title": f"{(_PRODUCTS | _PRODUCTS_OF_COMPANIES)[product][0]}线索", "source": draw.one_of(_LEAD_SOURCES)},
        customer_number=life.customer.customer_number,
        owner_person_id=life.customer.lead_person_id,
        capture_date=captured.isoformat(),
        state=_NEW,
    )


def _follow(
    row: lead_service_pb2.ImportedLead, workdays: Workdays, captured: date, closed: date, until: date, draw: Draw
) -> None:
    """When it was first followed: mostly at once, sometimes late, and not after it was closed."""
    followed = min(workdays.on_or_after(captured + timedelta(days=draw.one_of((0, 0, 1, 1, 2, 5)))), max(closed, captured))
    if followed <= until:
        row.follow_date = followed.isoformat()
