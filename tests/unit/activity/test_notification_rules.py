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


SOURCES = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(services.activity.__file__).parent.rglob("*.py")]


def name_of(call):
    return ast.unparse(call.func).rpartition(".")[2]


def calls(tree, name):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) == name]


def argument(call, place, name):
    named = [each.value for each in call.keywords if each.arg == name]
    return named or call.args[place : place + 1]


def passing_on():
    """The functions that are given the kind of which they tell, each with the place of it, and where it is called."""
    yield "notify", 2, "kind", SOURCES
    for tree in SOURCES:
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            for call in calls(function, "notify"):
                (kind,) = argument(call, 2, "kind") or [None]
                if isinstance(kind, ast.Name) and kind.id in names:
                    # A private one is called in its own module alone; others have functions of the same name.
                    yield function.name, names.index(kind.id), kind.id, [tree] if function.name[0] == "_" else SOURCES


def test_every_kind_that_the_service_tells_of_has_its_sentences():
    told = set()
    for function, place, name, sources in passing_on():
        for tree in sources:
            for call in calls(tree, function):
                for given in argument(call, place, name):
                    told |= {each.value for each in ast.walk(given) if isinstance(each, ast.Constant)}
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
    assert "工作报告已确认" in digest_text([Mailed("work_report_confirmed", urgent=False, create_time=NOW)], 0, "")
    assert "3 条通知" in digest_subject(3, Language.ZH, urgent=False)


def test_a_kind_that_nobody_described_has_its_name():
    assert sentence("quiz_passed", Language.EN) == "quiz passed"
