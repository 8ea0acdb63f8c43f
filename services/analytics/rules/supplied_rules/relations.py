"""Signs in the relationship: complaints, silence, a change of lead, a survey answered badly. They need no history of balances."""

from __future__ import annotations

from services.analytics.rules.signals import SignalRule
from services.analytics.rules.supplied_rules.segments import CORPORATE, PREMIER, PRIVATE, RETAIL, of, of_all

RELATIONS = (
    SignalRule(
        code="COMPLAINT_UNANSWERED",
        version=1,
        chinese="投诉逾期未答复",
        english="Complaint unanswered",
        condition="complaints_open >= 1 AND complaint_overdue_days >= :days_min",
        serious="complaint_overdue_days >= :days_serious",
        severe="complaint_overdue_days >= :days_severe",
        thresholds=(
            of_all(days_min="1", days_serious="5", days_severe="15"),
            of(RETAIL, PRIVATE, days_serious="2", days_severe="5"),
        ),
        onset_feature="complaint_overdue_days",
        evidence_features=("complaints_open", "complaint_overdue_days", "complaint_date"),
        chinese_words="有{complaints_open}件投诉未结，已逾期{complaint_overdue_days}天（{complaint_date}提出）",
        english_words="{complaints_open} complaints open, {complaint_overdue_days} days overdue (begun on {complaint_date})",
        chinese_advice="今日答复客户，并升级处理",
        english_advice="Answer today, and escalate it",
        needs_history=False,
    ),
    SignalRule(
        code="COMPLAINT_THEN_SILENCE",
        version=1,
        chinese="投诉后失去联系",
        english="Complaint, then silence",
        condition=(
            "complaint_days BETWEEN :silent_min AND :days_max AND (contact_days IS NULL OR contact_days >= complaint_days)"
        ),
        serious="complaint_days >= :silent_serious",
        severe="complaint_days >= :silent_serious AND outflow_30 > inflow_30",
        thresholds=(of_all(silent_min="14", silent_serious="30", days_max="180"),),
        onset_feature="complaint_date",
        evidence_features=("complaint_days", "complaint_date", "contact_last_date"),
        chinese_words="{complaint_date}投诉后{complaint_days}天无人联系（上次联系{contact_last_date}）",
        english_words="No contact for {complaint_days} days since the complaint of {complaint_date} (last {contact_last_date})",
        chinese_advice="上门致歉，确认问题是否真正解决",
        english_advice="Visit and apologise; make sure that the matter is settled for the customer",
        needs_history=False,
    ),
    SignalRule(
        code="CONTACT_OVERDUE",
        version=1,
        chinese="超过联系周期",
        english="No contact beyond the cycle",
        # A matter of one's own diligence, and never more than noted: by itself it tells little of who goes.
        condition="contact_overdue_days >= :days_min",
        thresholds=(
            of_all(days_min="60"),
            of(CORPORATE, days_min="15"),
            of(RETAIL, PREMIER, days_min="15"),
            of(RETAIL, PRIVATE, days_min="7"),
        ),
        onset_feature="contact_overdue_days",
        evidence_features=("contact_overdue_days", "contact_cycle_days", "contact_last_date"),
        chinese_words="超过联系周期（{contact_cycle_days}天）{contact_overdue_days}天，上次联系{contact_last_date}",
        english_words="{contact_overdue_days} days beyond the cycle of {contact_cycle_days} days; last {contact_last_date}",
        chinese_advice="安排一次联系",
        english_advice="Get in touch",
        needs_history=False,
    ),
    SignalRule(
        code="LEAD_CHANGED",
        version=1,
        chinese="换客户经理后未接触",
        english="New relationship manager, no contact yet",
        condition=(
            "lead_change_days BETWEEN :days_min AND :days_max AND (contact_days IS NULL OR contact_days >= lead_change_days)"
        ),
        serious="lead_changes_180 >= :changes_serious OR lead_change_days >= :days_serious",
        thresholds=(
            of_all(days_min="7", days_serious="30", days_max="120", changes_serious="2"),
            of(RETAIL, PRIVATE, days_min="3", days_serious="10"),
        ),
        onset_feature="lead_change_date",
        evidence_features=("lead_change_days", "lead_change_date", "lead_changes_180", "contact_last_date"),
        chinese_words="{lead_change_date}换客户经理，{lead_change_days}天来未联系（半年内更换{lead_changes_180}次）",
        english_words=(
            "The relationship manager changed on {lead_change_date}; no contact for {lead_change_days} days "
            "({lead_changes_180} changes in half a year)"
        ),
        chinese_advice="新客户经理本周内自我介绍",
        english_advice="The new relationship manager introduces himself this week",
        needs_history=False,
    ),
    SignalRule(
        code="LEAD_LEFT",
        version=1,
        chinese="客户经理离职",
        english="Relationship manager left the bank",
        condition="lead_left_days <= :days_max",
        serious="top_person_share >= :share_serious OR people_known <= 1",
        severe="top_person_share >= :share_serious AND people_known <= 1 AND assets_now >= :assets_severe",
        thresholds=(
            of_all(days_max="120", share_serious="0.7", assets_severe="500000"),
            of(CORPORATE, assets_severe="5000000"),
        ),
        onset_feature="lead_left_date",
        evidence_features=("lead_left_date", "lead_left_days", "top_person_share", "people_known", "assets_now"),
        chinese_words="客户经理{lead_left_date}离职，客户只认识{people_known}位行员（一人占联系的{top_person_share}），资产{assets_now}",
        english_words=(
            "The relationship manager left on {lead_left_date}; the customer knows {people_known} of the bank's people "
            "({top_person_share} of contacts by one), assets {assets_now}"
        ),
        chinese_advice="主管陪同新客户经理上门交接",
        english_advice="A leader and the new relationship manager visit together",
        needs_history=False,
    ),
    SignalRule(
        code="SURVEY_LOW",
        version=1,
        chinese="满意度评价低",
        english="Low answer to a survey",
        condition="survey_low_days <= :days_max",
        serious="contact_days IS NULL OR contact_days >= survey_low_days",
        thresholds=(of_all(days_max="60"),),
        onset_feature="survey_low_date",
        evidence_features=("survey_low_date", "survey_low_days", "contact_last_date"),
        chinese_words="{survey_low_date}给出低分评价（上次联系{contact_last_date}）",
        english_words="Answered a survey badly on {survey_low_date} (last contact {contact_last_date})",
        chinese_advice="三日内回访，了解不满之处",
        english_advice="Call back within three days; find out what went wrong",
        needs_history=False,
    ),
)
