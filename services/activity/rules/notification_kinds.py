"""What can happen of which the workbench tells people, and how: a name and a sentence for each, in Chinese and in English.

A sentence names no customer: it stands in mails too, which leave the bank's house.
"""

# ruff: noqa: RUF001 - the sentences are Chinese, with the marks that Chinese has

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Channel(IntEnum):
    """Where somebody is told; the numbers of `workbench.activity.v1.NotificationChannel`."""

    UNSPECIFIED = 0
    BOTH = 1
    IN_APP = 2
    EMAIL = 3
    NONE = 4

    @property
    def shows(self) -> bool:
        """Whether the workbench shows it."""
        return self in (Channel.UNSPECIFIED, Channel.BOTH, Channel.IN_APP)

    @property
    def mails(self) -> bool:
        """Whether a digest has it."""
        return self in (Channel.UNSPECIFIED, Channel.BOTH, Channel.EMAIL)


class Language(IntEnum):
    """Of mails; the numbers of `workbench.activity.v1.NotificationLanguage`."""

    UNSPECIFIED = 0
    ZH = 1
    EN = 2


# By kind the sentence, Chinese and English.
KINDS: Mapping[str, tuple[str, str]] = {
    "appointment_cancelled": ("一项日程已取消", "An appointment was cancelled"),
    "appointment_changed": ("一项日程有变动", "An appointment was changed"),
    "appointment_due": ("您有日程即将开始", "An appointment of yours begins soon"),
    "appointment_invited": ("您被邀请参加日程", "You were invited to an appointment"),
    "campaign_assigned": ("有营销活动的任务分派给您", "Tasks of a campaign were assigned to you"),
    "campaign_ended": ("营销活动已结束，未完成的任务已取消", "A campaign is over; what you had open of it is cancelled"),
    "claim_approved": ("与您有关的业绩认领已批准", "A claim in which you have a part was approved"),
    "claim_rejected": ("与您有关的业绩认领未获批准", "A claim in which you were to have a part was rejected"),
    "claim_shared": ("同事提交的业绩认领中有您的份额", "A colleague made a claim in which you are to have a part"),
    "claim_withdrawn": ("与您有关的业绩认领已撤回", "A claim in which you were to have a part was taken back"),
    "comment_added": ("有新的评论", "There is a new comment"),
    "comment_mentioned": ("有评论提到您", "You were mentioned in a comment"),
    "complaint_escalated": ("有投诉升级，请处理", "A complaint was escalated to you"),
    "complaint_late": ("有投诉已超过答复期限", "A complaint is past its deadline"),
    "contact_cancelled": ("有您参与的联系已取消", "A contact in which you take part was cancelled"),
    "contact_joined": ("有同事登记了与您相同的联系，已合并", "A colleague recorded the same contact as you; the two are one"),
    "contact_shared": ("有同事登记了您参与的联系", "A colleague recorded a contact in which you take part"),
    "deal_decided": ("您参与的业务已核定分成", "How a deal of yours is shared was decided"),
    "deal_objected": ("有成员对您提议的分成方案有异议", "A member objects to how you propose to share a deal"),
    "deal_proposed": ("您参与的业务有分成方案待您答复", "How to share a deal of yours was proposed: please answer"),
    "deal_reopened": ("您参与的业务将重新核定分成", "How a deal of yours is shared is to be decided anew"),
    "deal_reversed": ("您参与的业务的分成已冲回", "What was shared of a deal of yours was taken back"),
    "deal_sent_back": ("您参与的业务的分成方案被退回", "How to share a deal of yours was sent back"),
    "document_to_read": ("有文件待您阅读", "There is a document for you to read"),
    "document_unread": ("有文件您尚未阅读", "There is a document that you have not read yet"),
    "email_refused": (
        "邮件服务器拒收您的邮箱，已停止发送邮件",
        "The mail server refused your address; no mail goes there any more",
    ),
    "feedback_answered": ("您登记的需求或意见已有答复", "Feedback that you recorded was answered"),
    "feedback_assigned": ("有需求或意见待您答复", "There is feedback for you to answer"),
    "feedback_late": ("有需求或意见已超过答复期限", "Feedback is past its deadline"),
    "feedback_topic_delivered": ("客户期待的产品或改进已实现", "What customers wished for was delivered"),
    "lead_assigned": ("有线索分派给您", "A lead was assigned to you"),
    "lead_overdue": ("有线索超期未跟进", "A lead was not followed by its deadline"),
    "lead_waits": ("有线索待分派", "A lead waits to be assigned"),
    "objection_dismissed": ("与您有关的业绩异议已裁定：驳回", "An objection that concerns you was dismissed"),
    "objection_raised": ("有同事对与您有关的业绩归属提出异议", "A colleague objects to whose results are, and it concerns you"),
    "objection_upheld": ("与您有关的业绩异议已裁定：成立", "An objection that concerns you was upheld"),
    "objection_withdrawn": ("与您有关的业绩异议已撤回", "An objection that concerns you was taken back"),
    "opportunity_assigned": ("有商机移交给您", "An opportunity was given to you"),
    "opportunity_member_added": ("您被加入商机团队", "You were made a member of an opportunity"),
    "product_version_published": ("您编写的产品口径已发布", "Rules of a product that you wrote were published"),
    "product_version_rejected": ("您编写的产品口径被退回", "Rules of a product that you wrote were given back"),
    "task_assigned": ("有任务分派给您", "A task was assigned to you"),
    "task_cancelled": ("您的任务已取消", "A task of yours was cancelled"),
    "task_changed": ("您的任务有变更", "A task of yours changed"),
    "task_completed": ("您分派的任务已完成", "A task that you assigned was done"),
    "task_escalated": ("您所辖人员的任务已逾期", "A task of somebody in your charge is late"),
    "task_overdue": ("您的任务已逾期", "A task of yours is late"),
    "task_reminded": ("有人催办您的任务", "You were reminded of a task"),
    "task_reopened": ("任务已重新打开", "A task is open again"),
    "task_taken_away": ("您的任务已改派他人", "A task of yours went to somebody else"),
    "visits_proposed": ("下一周的拜访计划已拟好，请确认", "Visits of a week are proposed to you"),
    "warning_raised": ("有客户流失预警待您跟进", "A customer of yours may leave: there is a warning to look at"),
    "warning_waits": ("有流失预警待分派", "A warning waits to be assigned"),
    "work_report_commented": ("您的工作报告有新的批注", "Your work report has a comment"),
    "work_report_confirmed": ("您的工作报告已确认", "Your work report was confirmed"),
    "work_report_returned": ("您的工作报告被退回", "Your work report was returned"),
    "work_report_submitted": ("有工作报告待您确认", "A work report waits for you to confirm it"),
}


def sentence(kind: str, language: int) -> str:
    """What happened, in a language; of a kind that nobody described, its name."""
    chinese, english = KINDS.get(kind) or (kind.replace("_", " "), kind.replace("_", " "))
    return english if language == Language.EN else chinese


@dataclass(frozen=True, slots=True)
class Mailed:
    """One thing that a digest tells."""

    kind: str
    urgent: bool
    create_time: datetime


def digest_subject(count: int, language: int, *, urgent: bool) -> str:
    """The subject of a digest: how much there is, and nothing of what."""
    if language == Language.EN:
        return f"RM Workbench: {count} {'notification' if count == 1 else 'notifications'}{', urgent' if urgent else ''}"
    return f"客户经理作业平台：{count} 条通知{'（含紧急）' if urgent else ''}"


def digest_text(told: Iterable[Mailed], language: int, page_url: str) -> str:
    """The text of a digest: by kind how often, the most urgent and then the latest first. No customer is named in it."""
    by_kind: dict[str, list[Mailed]] = {}
    for each in told:
        by_kind.setdefault(each.kind, []).append(each)
    groups = sorted(by_kind.items(), key=lambda group: (any(m.urgent for m in group[1]), max(m.create_time for m in group[1])))
    english = language == Language.EN
    lines = ["You have not read these in the workbench:" if english else "您在平台上有以下未读通知：", ""]
    for kind, found in reversed(groups):
        mark = ("[urgent] " if english else "【紧急】") if any(m.urgent for m in found) else ""
        lines.append(f"- {mark}{sentence(kind, language)} × {len(found)}")
    if page_url:
        lines += ["", f"Look at them: {page_url}" if english else f"查看：{page_url}"]
    how = "When and how you are told you set in the workbench." if english else "通知的时间和方式可在平台的通知设置中修改。"
    return "\n".join([*lines, "", how, ""])
