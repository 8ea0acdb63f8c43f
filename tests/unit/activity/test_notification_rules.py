"""What mails say, and the numbers that the contract gives."""

import ast
from datetime import UTC, datetime
from pathlib import Path

from workbench.activity.v1 import notification_pb2

import services.activity
from services.activity.rules.notification_kinds import KINDS, Channel, Language, Mailed, digest_subject, digest_text, sentence

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def names(enum, prefix):
    return {name.removeprefix(prefix): number for name, number in enum.items()}


def test_the_numbers_are_the_contracts():
    assert {each.name: each.value for each in Channel} == names(notification_pb2.NotificationChannel, "NOTIFICATION_CHANNEL_")
    assert {each.name: each.value for each in Language} == names(notification_pb2.NotificationLanguage, "NOTIFICATION_LANGUAGE_")


def test_every_kind_that_the_service_tells_of_has_its_sentences():
    told = set()
    for path in Path(services.activity.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "notify":
                told |= {each.value for each in ast.walk(node.args[2]) if isinstance(each, ast.Constant)}
    assert sorted(told - set(KINDS)) == []
    assert list(KINDS) == sorted(KINDS)


def test_a_mail_groups_by_kind_the_urgent_first():
    told = [Mailed("work_report_confirmed", urgent=False, create_time=NOW)] * 2
    told += [Mailed("email_refused", urgent=True, create_time=NOW.replace(year=2025))]
    lines = digest_text(told, Language.EN, "https://workbench.bank.example").splitlines()
    assert lines[2].startswith("- [urgent] The mail server refused")
    assert lines[3] == "- Your work report was confirmed × 2"  # noqa: RUF001 - the sign for times
    assert "https://workbench.bank.example" in "\n".join(lines)
    assert digest_subject(3, Language.EN, urgent=True) == "RM Workbench: 3 notifications, urgent"
    assert digest_subject(1, Language.EN, urgent=False) == "RM Workbench: 1 notification"


def test_mails_are_chinese_unless_told_otherwise():
    assert "工作日志已确认" in digest_text([Mailed("work_report_confirmed", urgent=False, create_time=NOW)], 0, "")
    assert "3 条通知" in digest_subject(3, Language.ZH, urgent=False)


def test_a_kind_that_nobody_described_has_its_name():
    assert sentence("quiz_passed", Language.EN) == "quiz passed"
