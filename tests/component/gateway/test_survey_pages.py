"""The page on which a customer answers a survey: forms in two languages, what becomes of them, and what it does not say."""

import re

import pytest
from prometheus_client import CollectorRegistry
from werkzeug.test import Client

from gateway.composition import compose
from gateway.survey_pages import FORM_BYTES_MAX
from gateway.transcoding.contract import Contract, message_class
from services.chassis import keys
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.settings import DeploymentSettings
from tests.component.gateway.conftest import Backend

SURVEY_SERVICE = "workbench.activity.v1.SurveyService"
FORM = {
    "greeting_en": "Hello <b>there</b>",
    "greeting_zh": "您好",
    "expire_date": "2026-12-09",
    "questions": [
        {"question_id": "recommend", "kind": 1, "text_en": "Recommend?", "text_zh": "推荐吗", "required": True},
        {
            "question_id": "way", "kind": 4, "text_en": "How?", "text_zh": "方式",
            "choices": [{"text_en": "App", "text_zh": "手机"}, {"text_en": "Branch", "text_zh": "网点"}],
        },
        {"question_id": "remark", "kind": 5, "text_en": "Say more", "text_zh": "建议"},
    ],
}  # fmt: skip
TOKEN = "0198c000-0000-7000-8000-000000000009.1.2026-12-09.c2lnbmF0dXJl"


class Pages(Backend):
    """A gateway's pages, and the survey service behind them."""

    def __init__(self, folder, **own):
        self.contract = Contract.load()
        super().__init__(self.contract, SURVEY_SERVICE, "activity")
        keys.create_keys(folder / "secrets")
        settings = DeploymentSettings.model_validate({
            "profile": "trial",
            "home": folder,
            "services": {"activity": {"run": "remote", "address": f"127.0.0.1:{self.port}"}},
            "gateway": {"access_log": True, **own},
        })  # fmt: skip
        self.gateway = compose(settings, contract=self.contract, registry=CollectorRegistry())
        self.client = Client(lambda environ, start: self.gateway.flask({"REMOTE_ADDR": "203.0.113.7", **environ}, start))
        self.form = message_class(self.contract.pool.FindMessageTypeByName("workbench.activity.v1.SurveyForm"))

    def begin_anew(self):
        self.requests.clear()
        self.answers.clear()
        self.answers["GetSurveyForm"] = lambda _request: self.form(**FORM)
        return self

    def close(self):
        self.gateway.close()
        self.stop()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    pages = Pages(tmp_path_factory.mktemp("pages"), address_requests_per_minute_max=0)
    yield pages
    pages.close()


@pytest.fixture
def survey(pages):
    return pages.begin_anew()


def answers(backend):
    (request,) = [each for each in backend.requests if each.DESCRIPTOR.name == "AnswerSurveyFormRequest"]
    return [(each.question_id, each.score if each.HasField("score") else each.text) for each in request.answers]


@pytest.mark.parametrize(
    ("query", "header", "language", "greeting"),
    [
        ("", "", "zh", "您好"),
        ("", "en-GB,en;q=0.9", "en", "Hello &lt;b&gt;there&lt;/b&gt;"),
        ("", "fr", "zh", "您好"),
        ("?lang=en", "zh-CN", "en", "Hello"),
        ("?lang=%3Cscript%3E", "", "zh", "您好"),
    ],
)
def test_the_form_speaks_the_readers_language(survey, query, header, language, greeting):
    answer = survey.client.get(f"/s/{TOKEN}{query}", headers={"Accept-Language": header})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert f'<html lang="{language}">' in text
    assert greeting in text
    assert "<script" not in text
    assert "<b>" not in text
    assert len(re.findall(r'type="radio" name="recommend"', text)) == 11
    assert 'name="viewport"' in text


def test_nothing_but_the_pages_own_style_is_let_in(survey):
    answer = survey.client.get(f"/s/{TOKEN}")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_answers_are_sent_and_thanked_for(survey):
    given = {"recommend": "10", "way": "0", "remark": "谢谢\r\n再见", "other": "x"}
    answer = survey.client.post(f"/s/{TOKEN}?lang=zh", data=given)
    assert answer.status_code == 200
    assert "感谢您的回答" in answer.get_data(as_text=True)
    assert answers(survey) == [("recommend", 10), ("way", 0), ("remark", "谢谢\n再见")]


def test_what_does_not_fit_is_asked_again_with_what_was_given(survey):
    def refuse(_request):
        raise InvalidInput("ANSWERS_INVALID", "No.", violations=(FieldViolation("answers", "recommend must be answered."),))

    survey.answers["AnswerSurveyForm"] = refuse
    answer = survey.client.post(f"/s/{TOKEN}?lang=en", data={"way": "1", "remark": "<i>hm</i>"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "does not fit" in text
    assert "&lt;i&gt;hm&lt;/i&gt;" in text
    assert re.search(r'name="way" value="1" checked', text)


def test_an_empty_form_is_not_sent_on(survey):
    for data in ({}, {"remark": "  "}):
        assert survey.client.post(f"/s/{TOKEN}", data=data).status_code == 400
    assert survey.client.post(f"/s/{TOKEN}", json={"recommend": 1}).status_code == 400
    assert not [each for each in survey.requests if each.DESCRIPTOR.name == "AnswerSurveyFormRequest"]


def test_a_number_that_is_none_is_refused_and_not_passed_over(survey):
    survey.client.post(f"/s/{TOKEN}", data={"recommend": "-1", "way": "99999999999999999999"})
    assert answers(survey) == [("recommend", 100), ("way", 100)]


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (NotFound("SURVEY_LINK_NOT_FOUND", "No."), 404, "not valid"),
        (RuleBroken("SURVEY_ANSWERED", "Once."), 410, "answered already"),
        (RuleBroken("SURVEY_LINK_EXPIRED", "Over."), 410, "is over"),
        (InvalidInput("REQUEST_INVALID", "No."), 400, "not valid"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_does_not_hold_has_a_page_that_says_so(survey, refusal, status, words, method):
    def refuse(_request):
        raise refusal

    survey.answers["GetSurveyForm"] = refuse
    answer = getattr(survey.client, method)(f"/s/{TOKEN}?lang=en")
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize("token", ["a%00b", "%E4%B8%AD", "x" * 201, "a b", "a%2Fb"])
def test_what_is_no_token_is_not_asked_for(survey, token):
    assert survey.client.get(f"/s/{token}").status_code == 404
    assert survey.requests == []


def test_a_form_that_is_too_large_is_refused(survey):
    assert survey.client.post(f"/s/{TOKEN}", data={"remark": "x" * FORM_BYTES_MAX}).status_code in (400, 413)


def test_an_address_asks_so_often_and_no_more_and_without_the_service_the_page_says_so(tmp_path):
    limited = Pages(tmp_path, address_requests_per_minute_max=6).begin_anew()
    statuses = [limited.client.get(f"/s/{TOKEN}").status_code for _ in range(5)]
    limited.stop()
    statuses += [limited.client.get(f"/s/{TOKEN}").status_code for _ in range(3)]
    limited.gateway.close()
    assert statuses == [200] * 5 + [503] + [429] * 2


def test_no_log_has_the_token(survey, capfd):
    survey.client.get(f"/s/{TOKEN}")
    survey.client.get(f"/v1/surveyLinks/{TOKEN}")
    survey.client.put(f"/s/{TOKEN}")
    for path in (f"/v1/calendarFeeds/{TOKEN}/calendar.ics", f"/v1/operations/customer/files/{TOKEN}"):
        survey.client.get(path)
    logged = capfd.readouterr().err
    assert logged.count('"path":"/s/…"') == 2
    assert TOKEN not in logged
