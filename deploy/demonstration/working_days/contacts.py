"""The contacts of two years: at the pace that a customer is worth, thinner before some leave, with complaints before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.activity.v1 import contact_pb2, contact_service_pb2

from deploy.demonstration.customers import Kind, Tier
from deploy.demonstration.draws import Draw, Weighted
from deploy.demonstration.names import chinese_name
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.sales import STAGES, Deal, supporters
from deploy.demonstration.working_days.workdays import Workdays

ZONE = ZoneInfo("Asia/Shanghai")
# Within so many days after the last one contacts are planned.
PLANNED_DAYS = 14
_EARLIEST_MINUTE, _MINUTES_OF_DAY = 9 * 60, 8 * 60

VISIT, CALL, MEETING = contact_pb2.CONTACT_KIND_VISIT, contact_pb2.CONTACT_KIND_CALL, contact_pb2.CONTACT_KIND_MEETING
MESSAGE, EMAIL = contact_pb2.CONTACT_KIND_MESSAGE, contact_pb2.CONTACT_KIND_EMAIL
LETTER, EVENT = contact_pb2.CONTACT_KIND_LETTER, contact_pb2.CONTACT_KIND_EVENT
_KINDS = Weighted.of(((CALL, 42), (MESSAGE, 27), (MEETING, 18), (VISIT, 8), (EVENT, 3), (LETTER, 2)))
_KINDS_OF_COMPANIES = Weighted.of(((VISIT, 36), (CALL, 28), (MEETING, 14), (EMAIL, 11), (MESSAGE, 9), (EVENT, 2)))
# The shortest, and by how much it may be longer.
_MINUTES = {VISIT: (40, 75), CALL: (3, 18), MEETING: (25, 60), MESSAGE: (2, 5), EMAIL: (5, 12), LETTER: (10, 10), EVENT: (90, 90)}

PURPOSE = contact_pb2.ContactPurpose.Value
OUTCOME = contact_pb2.ContactOutcome.Value
CARE, SALE, FOLLOW_UP = (PURPOSE(f"CONTACT_PURPOSE_{name}") for name in ("CARE", "SALE", "FOLLOW_UP"))
SERVICE, CHECK = PURPOSE("CONTACT_PURPOSE_SERVICE"), PURPOSE("CONTACT_PURPOSE_POST_LOAN_CHECK")
ACQUAINTANCE, COMPLAINT = PURPOSE("CONTACT_PURPOSE_ACQUAINTANCE"), PURPOSE("CONTACT_PURPOSE_COMPLAINT")
RETENTION = PURPOSE("CONTACT_PURPOSE_RETENTION")
_PURPOSES = Weighted.of(((CARE, 40), (SALE, 24), (FOLLOW_UP, 18), (SERVICE, 18)))
_PURPOSES_OF_COMPANIES = Weighted.of(((CARE, 26), (SALE, 26), (FOLLOW_UP, 20), (SERVICE, 14), (CHECK, 14)))
_NEUTRAL, _INTERESTED, _AGREED = (OUTCOME(f"CONTACT_OUTCOME_{name}") for name in ("NEUTRAL", "INTERESTED", "NEXT_STEP_AGREED"))
_SIGNED, _DECLINED = OUTCOME("CONTACT_OUTCOME_SIGNED"), OUTCOME("CONTACT_OUTCOME_DECLINED")
_NOT_REACHED, _SOLVED = OUTCOME("CONTACT_OUTCOME_NOT_REACHED"), OUTCOME("CONTACT_OUTCOME_SOLVED")
DISCONTENT = OUTCOME("CONTACT_OUTCOME_DISCONTENT")
_OUTCOMES = Weighted.of(
    ((_NEUTRAL, 34), (_AGREED, 22), (_INTERESTED, 16), (_SOLVED, 10), (_NOT_REACHED, 8), (_DECLINED, 6), (_SIGNED, 4))
)
_OUTCOMES_OF_LEAVERS = Weighted.of(((_NEUTRAL, 34), (_DECLINED, 22), (_NOT_REACHED, 20), (DISCONTENT, 14), (_AGREED, 10)))

# Of a hundred: visits that come to nothing, and that are shared; those who notice that money goes; complaints asked after again.
_FAILS, _SHARED, _NOTICED, _ASKED_AGAIN = 8, 14, 35, 55
# Of a hundred who complain: of all, of those who leave for it, who leave for something else, who only seem to leave.
_COMPLAINS, _COMPLAINS_FOR_THAT, _COMPLAINS_AND_LEAVES, _COMPLAINS_AND_STAYS = 3, 85, 22, 15
# Of a hundred stages of a deal those at which one talked of it.
_TALKED = 70
# So long a customer is new; so long before the money goes one can hear it.
_NEW_DAYS, _FELT_DAYS = 30, 30

_DONE, _CANCELLED = contact_pb2.CONTACT_STATE_DONE, contact_pb2.CONTACT_STATE_CANCELLED
_NO_SHOW, _PLANNED = contact_pb2.CONTACT_STATE_NO_SHOW, contact_pb2.CONTACT_STATE_PLANNED

_SUBJECTS = {
    CARE: ("日常维护", "节日问候", "季度回访", "了解近况", "生日问候"),
    SALE: ("产品推介", "理财到期承接", "新产品说明", "资产配置建议"),
    FOLLOW_UP: ("上次事项跟进", "资料补充", "方案反馈", "报价跟进"),
    SERVICE: ("业务办理协助", "账户事项", "网银问题", "证件到期提醒"),
    CHECK: ("贷后检查", "贷后走访", "抵押物查看"),
    ACQUAINTANCE: ("初次拜访", "开户后回访"),
    COMPLAINT: ("客户投诉",),
    RETENTION: ("资金流出了解情况", "挽留沟通"),
}
_SUMMARIES = {
    CARE: ("客户近况平稳，暂无新需求。", "聊了近期市场情况，约定下季度再联系。", "客户对服务表示满意。"),
    SALE: ("介绍了在售产品，客户表示考虑。", "客户关注收益与期限，要求提供书面方案。", "客户对风险等级有顾虑。"),
    FOLLOW_UP: ("补齐所缺资料。", "就方案细节答复客户。", "客户希望再优惠一些。"),
    SERVICE: ("协助客户完成办理。", "说明办理流程及所需材料。"),
    CHECK: ("经营正常，应收账款略有增加。", "现场查看库存与生产，未见异常。", "提醒补充最新财务报表。"),
    ACQUAINTANCE: ("双方初步认识，留下联系方式。",),
    COMPLAINT: ("客户反映排队时间长，情绪较大。", "客户对收费提出异议。", "客户对上次办理差错不满。"),
    RETENTION: ("客户称他行利率更高，正在比较。", "客户未明确说明原因，将再联系。", "客户表示已有其他安排。"),
}
_PRODUCTS = ("大额存单", "理财产品", "基金定投", "保险", "个人贷款", "信用卡", "贵金属")
_PRODUCTS_OF_COMPANIES = ("流动资金贷款", "票据贴现", "代发工资", "保理", "信用证", "结构性存款", "现金管理")
_TITLES = ("总经理", "财务总监", "财务经理", "出纳", "采购经理")


@dataclass(frozen=True, slots=True)
class Met:
    """One contact, before it is written down."""

    number: str
    day: date
    kind: int
    purpose: int
    outcome: int
    state: int
    customer_began: bool


def contacts_of(
    lives: Lives, life: Life, workdays: Workdays, first: date, last: date, deals: Sequence[Deal] = ()
) -> Iterator[contact_service_pb2.ImportedContact]:
    """A customer's contacts of those dates, each with the deal that it furthers; of a later last date there are only more."""
    for met in (*_ordinary(lives, life, workdays, first, last), *_of_a_leaving(lives, life, workdays, first, last)):
        row = _written(lives, life, met)
        if met.purpose in (SALE, FOLLOW_UP):
            row.opportunity_number = next((deal.number for deal in deals if deal.open_date <= met.day <= deal.close_date), "")
        yield row
    for deal in deals:
        yield from _of_a_deal(lives, life, workdays, deal, last)


def planned_of(lives: Lives, life: Life, workdays: Workdays, last: date) -> Iterator[contact_service_pb2.ImportedContact]:
    """What is planned with a customer for the days after a date: of some of those whose turn it is."""
    draw = Draw(lives.bank.seed, f"plan/{life.customer.customer_number}/{last.isoformat()}")
    if (life.leaves and last >= life.loss_date) or draw.below(life.pause_days) >= PLANNED_DAYS:
        return
    day = workdays.on_or_after(last + timedelta(days=1 + draw.below(PLANNED_DAYS)))
    if day == date.max:
        return
    kind = VISIT if life.customer.kind != Kind.RETAIL or life.customer.tier == Tier.PRIVATE else MEETING
    met = Met(f"{life.customer.customer_number}/plan/{last.isoformat()}", day, kind, CARE, 0, _PLANNED, customer_began=False)
    yield _written(lives, life, met)


def _ordinary(lives: Lives, life: Life, workdays: Workdays, first: date, last: date) -> Iterator[Met]:
    number, seed = life.customer.customer_number, lives.bank.seed
    day = max(first, life.open_date) + timedelta(days=Draw(seed, f"first/{number}").below(life.pause_days))
    place = 0
    while (day := workdays.on_or_after(day)) <= last:
        draw = Draw(seed, f"contact/{number}/{place}")
        pause_days = life.pause_days * (40 + draw.below(121)) // 100
        if draw.chance(life.held_percent(day)):
            yield _met(life, f"{number}/{place}", day, draw)
        day += timedelta(days=max(pause_days, 1))
        place += 1


def _met(life: Life, number: str, day: date, draw: Draw) -> Met:
    retail = life.customer.kind == Kind.RETAIL
    fades = life.shows_it and life.leaves and (day - life.decline_date).days > -_FELT_DAYS
    kind = (_KINDS if retail else _KINDS_OF_COMPANIES).draw(draw)
    purpose = (_PURPOSES if retail else _PURPOSES_OF_COMPANIES).draw(draw)
    if (day - life.open_date).days < _NEW_DAYS:
        purpose = ACQUAINTANCE
    # Some notice that money goes.
    if fades and day >= life.decline_date and draw.chance(_NOTICED):
        purpose = RETENTION
    outcome = (_OUTCOMES_OF_LEAVERS if fades else _OUTCOMES).draw(draw)
    state = _DONE
    if kind in (VISIT, MEETING) and draw.chance(_FAILS):
        state, outcome = draw.one_of((_CANCELLED, _CANCELLED, _NO_SHOW)), 0
    return Met(number, day, kind, purpose, outcome, state, customer_began=purpose == SERVICE and draw.below(3) > 0)


def _of_a_leaving(lives: Lives, life: Life, workdays: Workdays, first: date, last: date) -> Iterator[Met]:
    """Complaints: of most who leave for that, of some who leave for something else, and of some who stay."""
    number = life.customer.customer_number
    draw = Draw(lives.bank.seed, f"complaint/{number}")
    if complaint := complaint_day(life, first, draw):
        day = workdays.on_or_after(complaint)
        if day <= last:
            met = Met(f"{number}/complaint", day, CALL, COMPLAINT, DISCONTENT, _DONE, customer_began=True)
            yield met
            again = workdays.on_or_after(day + timedelta(days=5 + draw.below(12)))
            if draw.chance(_ASKED_AGAIN) and again <= last:
                yield replace(
                    met, number=f"{number}/complaint/2", day=again, purpose=FOLLOW_UP, outcome=_SOLVED, customer_began=False
                )


def _of_a_deal(
    lives: Lives, life: Life, workdays: Workdays, deal: Deal, last: date
) -> Iterator[contact_service_pb2.ImportedContact]:
    """What was talked about at most of its stages, mostly face to face, and then with whoever helps."""
    helping = supporters(lives, life, deal)
    for code, day in deal.stages:
        draw = Draw(lives.bank.seed, f"contact/{deal.number}/{code}")
        met_on = workdays.on_or_after(day)
        if not draw.chance(_TALKED) or met_on > last:
            continue
        kind = draw.one_of((VISIT, MEETING, CALL, VISIT) if life.customer.kind != Kind.RETAIL else (MEETING, CALL, CALL))
        outcome = _SIGNED if deal.won and code == STAGES[-1] else draw.one_of((_INTERESTED, _AGREED, _AGREED, _NEUTRAL))
        row = _written(lives, life, Met(f"{deal.number}/{code}", met_on, kind, SALE, outcome, _DONE, customer_began=False))
        row.opportunity_number = deal.number
        if helping and kind in (VISIT, MEETING):
            row.contact.colleague_person_ids[:] = [draw.one_of(helping).person_id]
        yield row


def complaint_day(life: Life, first: date, draw: Draw) -> date | None:
    """When the customer complains; None where it never does in the two years that begin then."""
    likely = _COMPLAINS
    if life.reason == "COMPLAINT":
        likely = _COMPLAINS_FOR_THAT
    elif life.shows_it:
        likely = _COMPLAINS_AND_LEAVES if life.leaves else _COMPLAINS_AND_STAYS
    if not draw.chance(likely):
        return None
    if life.reason and life.shows_it:
        return max(life.decline_date - timedelta(days=8 + draw.below(40)), life.open_date, first)
    return max(life.open_date, first) + timedelta(days=draw.below(730))


def _written(lives: Lives, life: Life, met: Met) -> contact_service_pb2.ImportedContact:
    customer = life.customer
    draw = Draw(lives.bank.seed, f"written/{met.number}")
    shortest, longer = _MINUTES[met.kind]
    minute = _EARLIEST_MINUTE + draw.below(_MINUTES_OF_DAY // 5) * 5
    start_time = datetime.combine(met.day, time(minute // 60, minute % 60), tzinfo=ZONE)
    happened = met.state == _DONE
    contact = contact_pb2.Contact(
        owner_person_id=customer.lead_person_id,
        kind=met.kind,
        state=met.state,
        purpose=met.purpose,
        outcome=met.outcome,
        subject=draw.one_of(_SUBJECTS[met.purpose]),
        summary=draw.one_of(_SUMMARIES[met.purpose]) if happened and met.kind != MESSAGE else "",
        minutes=shortest + draw.below(longer),
        customer_began=met.customer_began,
    )
    contact.start_time.FromDatetime(start_time)
    retail = customer.kind == Kind.RETAIL
    if met.purpose == SALE:
        contact.products.append(draw.one_of(_PRODUCTS if retail else _PRODUCTS_OF_COMPANIES))
    if met.kind in (VISIT, MEETING) and not retail:
        contact.people_met.append(_person_met(lives, life, draw.below(3)))
    if met.kind in (VISIT, MEETING) and draw.chance(_SHARED) and (colleagues := lives.colleagues(life)):
        contact.colleague_person_ids.append(draw.one_of(colleagues).person_id)
    reason = "" if met.state not in (_CANCELLED, _NO_SHOW) else draw.one_of(("客户临时有事", "改期再约", "客户出差"))
    return contact_service_pb2.ImportedContact(
        source_number=met.number, contact=contact, customer_number=customer.customer_number, cancel_reason=reason
    )


def _person_met(lives: Lives, life: Life, place: int) -> contact_pb2.PersonMet:
    """One of the three people of a company whom one meets."""
    draw = Draw(lives.bank.seed, f"met/{life.customer.customer_number}/{place}")
    name = chinese_name(draw, male=bool(draw.below(2))).display
    return contact_pb2.PersonMet(display_name=name, title=_TITLES[(life.habit + place) % len(_TITLES)])
