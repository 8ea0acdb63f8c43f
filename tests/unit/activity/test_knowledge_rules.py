"""Documents: their numbers, their days, their audiences, their words, and how quizzes are marked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from workbench.activity.v1 import document_pb2

from gateway.identity.rules.roles import ROLES
from services.activity.rules.comments import scope_of_posts
from services.activity.rules.document_words import OFTEN, POINTS, snippet, terms_of, tokens_of
from services.activity.rules.knowledge import (
    NO_END,
    DocumentKind,
    DocumentState,
    audience_key,
    audience_of_key,
    reader_keys,
    roles_named,
    until_dates,
)
from services.activity.rules.quizzes import mark
from services.chassis.kernel.errors import InvalidInput
from services.chassis.words.texts import tidy_lines
from services.chassis.words.tokens import BEGINS, FTS5, TSQUERY

D = date
DAYS = some.dates(min_value=D(2024, 1, 1), max_value=D(2024, 12, 31))


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (DocumentKind, document_pb2.DocumentKind, "DOCUMENT_KIND_"),
        (DocumentState, document_pb2.DocumentState, "DOCUMENT_STATE_"),
    ],
    ids=["kind", "state"],
)
def test_the_numbers_are_the_contracts(ours, theirs, prefix):
    assert {each.name: each.value for each in ours} == {name.removeprefix(prefix): number for name, number in theirs.items()}


def test_a_later_version_takes_an_earlier_ones_place_on_its_first_day():
    march, june = D(2026, 3, 1), D(2026, 6, 1)
    assert until_dates([(march, NO_END)]) == [NO_END]
    assert until_dates([(march, NO_END), (june, NO_END)]) == [D(2026, 5, 31), NO_END]
    assert until_dates([(march, D(2026, 4, 1)), (june, NO_END)]) == [D(2026, 4, 1), NO_END]
    # Published later for an earlier day: the one between is never found.
    assert until_dates([(march, NO_END), (june, NO_END), (D(2026, 4, 1), NO_END)]) == [D(2026, 3, 31), D(2026, 3, 31), NO_END]
    assert until_dates([(D.min, NO_END), (D.min, NO_END)])[1] == NO_END


@given(some.lists(some.tuples(DAYS, some.one_of(DAYS, some.just(NO_END))), min_size=1, max_size=6))
def test_on_each_day_one_version_is_found_at_most_and_it_is_the_last_that_has_begun(versions):
    versions = [(start, max(start, end)) for start, end in versions]
    untils = until_dates(versions)
    for day in (D(2024, 1, 1) + timedelta(days=number) for number in range(0, 366, 7)):
        found = [place for place, (start, _) in enumerate(versions) if start <= day <= untils[place]]
        begun = [place for place, (start, _) in enumerate(versions) if start <= day]
        assert len(found) <= 1
        assert found == ([begun[-1]] if begun and versions[begun[-1]][1] >= day else [])


def test_a_reader_is_of_every_audience_that_his_posts_fit():
    keys = reader_keys([("relationship_manager", ["u-bank", "u-east"])])
    fits = [("", ""), ("", "u-east"), ("relationship_manager", ""), ("relationship_manager", "u-bank")]
    assert all(audience_key(*each) in keys for each in fits)
    assert not any(audience_key(*each) in keys for each in [("auditor", ""), ("relationship_manager", "u-west"), ("", "u-west")])
    # Two posts do not add up: who is a manager in the west and an RM in the east is no manager of the east.
    keys = reader_keys([("branch_manager", ["u-west"]), ("relationship_manager", ["u-east"])])
    assert audience_key("branch_manager", "u-east") not in keys
    assert reader_keys([]) == [audience_key("", "")]
    assert audience_of_key(audience_key("auditor", "u")) == ("auditor", "u")


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("", []),
        ("全行", []),
        ("All Staff", []),
        ("客户经理、团队负责人", ["relationship_manager", "team_leader"]),
        ("relationship_manager; AUDITOR", ["auditor", "relationship_manager"]),
        ("客户经理，全员", []),
        ("投资银行部", None),
        ("客户经理、投资银行部", None),
    ],
    ids=range(8),
)
def test_for_whom_a_file_says_a_document_is(text, roles):
    assert roles_named(text) == roles


def test_a_file_names_only_posts_that_there_are():
    assert set(roles_named("客户经理、团队负责人、机构负责人、产品经理、绩效分析员、数据管理员、审计员")) <= set(ROLES)


def found_by(query, tokens):
    """Whether all of a query's terms are among tokens, as both databases find them."""
    kept = set(tokens)

    def held(token):
        beginning = token.removesuffix(BEGINS)
        return beginning in kept if beginning == token else any(each.startswith(beginning) for each in kept)

    return all(held(token) for term in terms_of(query) for token in term)


WIDE_LPR = "".join(chr(ord(letter) + 0xFEE0) for letter in "LPR")


def test_words_are_found_in_chinese_and_english():
    tokens = tokens_of("个人住房贷款管理办法", ["按揭"], "LPR利率每月20日公布。See the policies on mortgages.")
    for query in (
        "住房贷款",
        "住房貸款",
        "贷款 按揭",
        "lpr利率",
        WIDE_LPR,
        "利率 policy",
        "mortgage",
        "mortgages",
        "mort",
        "20日",
        "款",
    ):
        assert found_by(query, tokens), query
    for query in ("房住", "贷款利率", "gage", "policyx", "31日"):
        assert not found_by(query, tokens), query


def test_where_a_word_stands_is_a_token_of_its_own():
    tokens = tokens_of("利率", ["定价"], "利率利率。loan loans LOAN")
    assert {"tb利率", "kb定价", "ob利率", "owloan", "b利率", "b定价"} <= set(tokens)
    assert not {"kb利率", "tb定价", "ob定价"} & set(tokens)
    assert (POINTS, OFTEN) == ({"t": 8, "k": 4, "o": 2}, 3)


@given(some.text(max_size=60))
def test_no_text_makes_a_token_that_a_database_would_take_apart(text):
    for token in tokens_of(text, [text], text):
        assert not any(mark in token for mark in " \t\n'\"*:()|&!<>\\")
    for term in terms_of(text):
        for language in (TSQUERY, FTS5):
            assert language.question(((term,),))


@given(some.text(max_size=40))
def test_a_text_is_found_by_itself(text):
    assert found_by(text, tokens_of("", [], text))


def test_marks_alone_ask_for_nothing():
    assert terms_of("--- ! 。") == []
    assert terms_of("贷款 --") == terms_of("贷款")


def test_tokens_of_the_longest_text_stay_below_what_a_database_takes():
    # PostgreSQL refuses a tsvector of a megabyte.
    text = "".join(chr(0x20000 + number % 40_000) for number in range(50_000))
    assert sum(len(token.encode()) for token in tokens_of(text[:200], [text[:1000]], text)) < 900_000


def test_a_snippet_is_about_the_first_word_that_is_found():
    text = "甲" * 200 + "贷款利率" + "乙" * 200
    piece = snippet("利率", text)
    assert piece.startswith("…甲")
    assert piece.endswith("乙…")
    assert "贷款利率" in piece
    assert snippet("貸款", text) == snippet("贷款", text)
    assert snippet("利息", "没有") == ""
    assert snippet("Straße", "STRASSE 12") == "STRASSE 12"


@given(some.text(max_size=20), some.text(max_size=300))
def test_a_snippet_is_a_piece_of_the_text(query, text):
    piece = snippet(query, text).strip("…")
    assert piece in " ".join(text.split()) or piece.replace(" ", "") in "".join(text.split()) or piece.strip("…") == ""


QUESTIONS = [{"text": "?", "choices": ["a", "b", "c"], "right_choices": right} for right in ([0], [1, 2], [2])]


@pytest.mark.parametrize(
    ("answers", "right", "score"),
    [
        ([[0], [1, 2], [2]], (True, True, True), 100),
        ([[0], [2, 1], [0]], (True, True, False), 66),
        ([[0], [1], [0]], (True, False, False), 33),
        ([[], [1, 2, 0], []], (False, False, False), 0),
    ],
    ids=range(4),
)
def test_all_right_choices_and_no_other_are_the_right_answer(answers, right, score):
    marked = mark(QUESTIONS, answers, 67)
    assert (marked.right, marked.score_percent, marked.passed) == (right, score, score == 100)


def test_a_mark_is_compared_before_it_is_rounded():
    answers = [[0], [1, 2], [0]]
    assert mark(QUESTIONS, answers, 66).passed
    assert not mark(QUESTIONS, answers, 67).passed


def test_answers_that_do_not_fit_are_refused():
    for answers in ([], [[0]], [[0], [1], [3]], [[0], [-1], [0]]):
        with pytest.raises(InvalidInput, match="ANSWERS_INVALID"):
            mark(QUESTIONS, answers, 50)


def test_texts_keep_their_lines_and_hide_nothing():
    assert tidy_lines("\n第一 \r\n\t第二\n\n", "body", 100) == "第一\n    第二"
    for text in ("a\x00", "\u202e", "x" * 101, "a\x7f"):
        with pytest.raises(InvalidInput, match="TEXT_INVALID"):
            tidy_lines(text, "body", 100)


def test_who_holds_no_post_that_comments_is_not_mentioned():
    assert scope_of_posts([("auditor", "/HO/")]) is None
    scope = scope_of_posts([("relationship_manager", "/HO/A/"), ("team_leader", "/HO/B/")])
    assert (scope.own, scope.organisation_paths) == (True, ("/HO/B/",))
