"""What customers said of the bank in two years: complaints, needs and suggestions, and what they answered when asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workbench.activity.v1 import feedback_pb2, feedback_service_pb2, survey_pb2, survey_service_pb2

from deploy.demonstration.customers import Kind, Tier
from deploy.demonstration.draws import Draw
from deploy.demonstration.working_days.contacts import complaint_day
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.workdays import Workdays

# Of the survey template with which the workbench begins.
SURVEY_TEMPLATE_ID = "0198c000-0000-7000-8000-000000000001"
_RATED = ("service", "products", "efficiency", "channels")
# How many days lie between two questions to one customer, and how many days after the beginning the first one is.
_ASKED_EVERY_DAYS, _ASKED_FIRST_DAYS = 300, 240
# Of a hundred: who is asked at all by tier, and who answers; whoever is discontent answers less.
_ASKED = {Tier.MASS: 12, Tier.AFFLUENT: 30, Tier.PREMIER: 55, Tier.PRIVATE: 70}
_ANSWERS, _ANSWERS_OF_DISCONTENT = 52, 31
# Of a hundred who need or propose something in two years.
_SAYS = 14
_COMPLAINT, _NEED = feedback_pb2.FEEDBACK_KIND_COMPLAINT, feedback_pb2.FEEDBACK_KIND_NEED
_SUGGESTION, _OPINION = feedback_pb2.FEEDBACK_KIND_SUGGESTION, feedback_pb2.FEEDBACK_KIND_OPINION
_DONE, _PLANNED = feedback_pb2.FEEDBACK_OUTCOME_DONE, feedback_pb2.FEEDBACK_OUTCOME_PLANNED
_EXPLAINED, _DECLINED = feedback_pb2.FEEDBACK_OUTCOME_EXPLAINED, feedback_pb2.FEEDBACK_OUTCOME_DECLINED
_MINOR, _MAJOR = feedback_pb2.FEEDBACK_SEVERITY_MINOR, feedback_pb2.FEEDBACK_SEVERITY_MAJOR
_BY_CALL = feedback_pb2.FEEDBACK_CHANNEL_CALL

_COMPLAINTS = (
    ("outlet", "网点排队超过一个小时，窗口只开了两个。"),
    ("fees", "没有提前告知就收取了账户管理费。"),
    ("digital", "手机银行转账多次失败，客服无法解决。"),
    ("service", "工作人员态度冷淡，同样的材料让我跑了三趟。"),
    ("loans", "贷款审批时间太长，错过了付款日期。"),
    ("payments", "跨行汇款两天才到账。"),
    ("cards", "信用卡被误冻结，出差期间无法使用。"),
)
_WANTED = (
    (_NEED, "wealth", "希望有期限在三个月以内、可随时赎回的理财产品。"),
    (_NEED, "loans", "希望贷款可以随借随还，按天计息。"),
    (_NEED, "trade", "需要可在线提交单据的信用证业务。"),
    (_NEED, "payments", "希望支持多账户资金自动归集。"),
    (_SUGGESTION, "digital", "建议手机银行增加批量转账和复核功能。"),
    (_SUGGESTION, "outlet", "建议周末增加一个对公窗口。"),
    (_SUGGESTION, "deposits", "建议大额存单可以部分提前支取。"),
    (_OPINION, "service", "客户经理更换太频繁，每次都要重新介绍情况。"),
    (_OPINION, "fees", "与其他银行相比，跨境汇款手续费偏高。"),
)
_ANSWERED = {
    _DONE: "已为您办理完毕，并对流程作了改进，感谢您的意见。",
    _PLANNED: "您的建议已列入产品计划，上线后将第一时间告知您。",
    _EXPLAINED: "已向您说明相关规定和收费依据，感谢理解。",
    _DECLINED: "目前暂无法满足，我们会继续关注您的需求。",
}
_REMARKS = ("服务很好，希望保持。", "希望网点少排队。", "手机银行可以再快一些。", "产品选择再多一些。", "")


def feedback_of(
    lives: Lives, life: Life, workdays: Workdays, first: date, last: date
) -> Iterator[feedback_service_pb2.FormerFeedback]:
    """What a customer said on those dates, answered by the last of them or not yet."""
    number, seed = life.customer.customer_number, lives.bank.seed
    draw = Draw(seed, f"complaint/{number}")
    complaint = complaint_day(life, first, draw)
    if complaint and (day := workdays.on_or_after(complaint)) <= last:
        draw = Draw(seed, f"said/{number}/complaint")
        category, words = draw.one_of(_COMPLAINTS)
        severity = _MAJOR if draw.below(4) == 0 else _MINOR
        row = _said(life, f"{number}/complaint", day, _COMPLAINT, category, words)
        row.severity = severity
        yield _answered(row, draw, workdays, day, last, draw.one_of((_DONE, _DONE, _EXPLAINED)))
    draw = Draw(seed, f"said/{number}")
    if draw.chance(_SAYS):
        day = workdays.on_or_after(max(first, life.open_date) + timedelta(days=draw.below(730)))
        kind, category, words = draw.one_of(_WANTED)
        if day <= last:
            row = _said(life, f"{number}/said", day, kind, category, words)
            yield _answered(row, draw, workdays, day, last, draw.one_of((_DONE, _PLANNED, _PLANNED, _EXPLAINED, _DECLINED)))


def survey() -> survey_pb2.Survey:
    """The survey by which customers were asked. It asks nobody by itself: what was answered comes as history."""
    return survey_pb2.Survey(
        display_name="客户满意度调查 Customer satisfaction",
        survey_template_id=SURVEY_TEMPLATE_ID,
        sampling=survey_pb2.SURVEY_SAMPLING_AFTER_EVENT,
        occasion=survey_pb2.SURVEY_OCCASION_OPPORTUNITY_WON,
        event_basis_points=1,
    )


def answers_of(
    lives: Lives, life: Life, workdays: Workdays, first: date, last: date
) -> Iterator[survey_service_pb2.CollectedAnswers]:
    """What a customer answered on those dates, or that he was asked and did not answer."""
    number, seed = life.customer.customer_number, lives.bank.seed
    draw = Draw(seed, f"asked/{number}")
    if not draw.chance(_ASKED[life.customer.tier]):
        return
    day, place = max(first, life.open_date) + timedelta(days=draw.below(_ASKED_FIRST_DAYS)), 0
    while (day := workdays.on_or_after(day)) <= last and not (life.leaves and day >= life.loss_date):
        draw = Draw(seed, f"asked/{number}/{place}")
        yield _answers(life, f"{number}/survey/{place}", day, draw)
        day += timedelta(days=_ASKED_EVERY_DAYS + draw.below(120))
        place += 1


def _answers(life: Life, number: str, day: date, draw: Draw) -> survey_service_pb2.CollectedAnswers:
    row = survey_service_pb2.CollectedAnswers(
        source_number=number, customer_number=life.customer.customer_number, answer_date=day.isoformat()
    )
    discontent = life.shows_it and abs((day - life.decline_date).days) < _ASKED_EVERY_DAYS // 2
    if not draw.chance(_ANSWERS_OF_DISCONTENT if discontent else _ANSWERS):
        return row
    # Companies are a little harder to please.
    liking = (3 if discontent else 7) + draw.below(4) - (life.customer.kind != Kind.RETAIL and draw.below(3) == 0)
    row.answers.add(question_id="recommend", score=min(liking, 10))
    row.answers.add(question_id="satisfied", score=_of_five(liking, draw))
    for question in _RATED:
        row.answers.add(question_id=question, score=_of_five(liking, draw))
    if remark := draw.one_of(_REMARKS):
        row.answers.add(question_id="remark", text=remark)
    return row


def _of_five(liking: int, draw: Draw) -> int:
    return min(max((liking + 1) // 2 + draw.below(3) - 1, 1), 5)


def _said(life: Life, number: str, day: date, kind: int, category: str, words: str) -> feedback_service_pb2.FormerFeedback:
    return feedback_service_pb2.FormerFeedback(
        source_number=number,
        customer_number=life.customer.customer_number,
        owner_person_id=life.customer.lead_person_id,
        kind=kind,
        category=category,
        words=words,
        received_date=day.isoformat(),
    )


def _answered(
    row: feedback_service_pb2.FormerFeedback, draw: Draw, workdays: Workdays, day: date, last: date, outcome: int
) -> feedback_service_pb2.FormerFeedback:
    """With the answer, where that had been given by the last date; told the customer a day or some later."""
    answered = workdays.on_or_after(day + timedelta(days=1 + draw.below(12)))
    told = workdays.on_or_after(answered + timedelta(days=draw.below(4)))
    if told <= last:
        row.answer, row.outcome, row.answered_date = _ANSWERED[outcome], outcome, answered.isoformat()
        row.told_channel, row.told_date = _BY_CALL, told.isoformat()
    return row
