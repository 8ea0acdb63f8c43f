"""The page on which a customer who has a link answers a survey: plain HTML, for any telephone, in Chinese or in English.

It has no script, takes nothing from elsewhere, keeps nothing in the browser, and says nothing of the customer: whoever finds the
link learns what is asked and no more. Looking at it changes nothing, so that a mail's scanner does not use it up.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from jinja2 import Environment
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from gateway.exchange import EXCHANGE_KEY, Exchange
from gateway.headers import NO_STORE
from services.chassis.kernel.errors import InvalidInput, NotDeployed, NotFound, RuleBroken, Unavailable, WorkbenchError

SERVICE = "activity"
FORM_METHOD = "workbench.activity.v1.SurveyService.GetSurveyForm"
ANSWER_METHOD = "workbench.activity.v1.SurveyService.AnswerSurveyForm"
FOLDER = "/s/"
# Fifty answers of 2,000 characters, each as a form has them: nine bytes for a Chinese one.
FORM_BYTES_MAX = 1024 * 1024

# Calls a method of the survey service with fields of its request; raises the kernel error of its refusal.
Call = Callable[[Exchange, Mapping[str, Any]], Any]

_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
_SCORE = re.compile(r"[0-9]{1,3}", re.ASCII)
_LANGUAGES = ("zh", "en")
# The numbers of `workbench.activity.v1.SurveyQuestionKind`.
_CHOICE, _TEXT = 4, 5
_SCALES = {1: range(11), 2: range(1, 6), 3: range(1, 6)}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "客户满意度调查",
        "send": "提交",
        "must": "必答",
        "0-10": "0 = 完全不可能，10 = 非常可能",
        "1-5": "1 = 很差，5 = 很好",
        "until": "请于 {date} 前填写。每个链接只能提交一次。",
        "other": "English",
        "thanks": "感谢您的回答！",
        "faulty": "有问题未回答或答案不合适，请检查后重新提交。",
        "missing": "此链接无效或已失效。",
        "answered": "您已经提交过回答，感谢您！",
        "expired": "此调查已过期。",
        "unavailable": "系统暂时无法使用，请稍后再试。",
    },
    "en": {
        "title": "Customer survey",
        "send": "Send",
        "must": "required",
        "0-10": "0 = not at all likely, 10 = extremely likely",
        "1-5": "1 = very poor, 5 = very good",
        "until": "Please answer by {date}. A link can be used once.",
        "other": "中文",
        "thanks": "Thank you for your answers!",
        "faulty": "A question is not answered, or an answer does not fit. Please look again and send it once more.",
        "missing": "This link is not valid, or no longer.",
        "answered": "You have answered already. Thank you!",
        "expired": "The time for this survey is over.",
        "unavailable": "This is not available just now. Please try again later.",
    },
}

_STYLE = """
body{font:1.05rem/1.5 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif;color:#222;background:#fff;
max-width:40rem;margin:0 auto;padding:1rem}
fieldset{border:1px solid #bbb;border-radius:.5rem;margin:0 0 1rem;padding:.75rem}
legend{font-weight:600;padding:0 .25rem}
.scale{display:flex;flex-wrap:wrap;gap:.4rem}
.scale label{display:flex;flex-direction:column;align-items:center;min-width:2.6rem;padding:.4rem 0;border:1px solid #bbb;
border-radius:.4rem}
.choice label{display:block;padding:.5rem 0}
input[type=radio]{width:1.3rem;height:1.3rem}
textarea{width:100%;box-sizing:border-box;font:inherit;min-height:6rem}
button{font:inherit;font-weight:600;width:100%;padding:.9rem;border:0;border-radius:.5rem;background:#0b57a4;color:#fff}
.note{color:#555;font-size:.9rem}
.fault{border-left:.3rem solid #b3261e;background:#fceeee;padding:.6rem}
a{color:#0b57a4}
"""
# The one style of the page may stand in it, because this is its digest; nothing else may.
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

_PAGE = """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ words.title }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<main>
<h1>{{ words.title }}</h1>
{% if message %}<p class="{{ 'fault' if faulty else 'note' }}" role="status">{{ message }}</p>{% endif %}
{% if form %}
<p>{{ form.greeting_zh if language == "zh" else form.greeting_en }}</p>
<p class="note">{{ words.until.format(date=form.expire_date) }}
<a href="?lang={{ other }}" lang="{{ other }}">{{ words.other }}</a></p>
<form method="post" action="?lang={{ language }}" accept-charset="utf-8">
{% for question in form.questions %}
<fieldset>
<legend>{{ question.text_zh if language == "zh" else question.text_en }}
{%- if question.required %} <span class="note">({{ words.must }})</span>{% endif %}</legend>
{% if question.kind == text_kind %}
<textarea name="{{ question.question_id }}" maxlength="2000"
aria-label="{{ question.text_zh if language == "zh" else question.text_en }}"
{%- if question.required %} required{% endif %}>{{ given.get(question.question_id, "") }}</textarea>
{% elif question.kind == choice_kind %}
<div class="choice">{% for choice in question.choices %}
<label><input type="radio" name="{{ question.question_id }}" value="{{ loop.index0 }}"
{%- if given.get(question.question_id) == loop.index0 | string %} checked{% endif %}
{%- if question.required %} required{% endif %}> {{ choice.text_zh if language == "zh" else choice.text_en }}</label>{% endfor %}
</div>
{% else %}
<p class="note">{{ words["0-10"] if scales[question.kind] | length > 5 else words["1-5"] }}</p>
<div class="scale">{% for score in scales[question.kind] %}
<label><input type="radio" name="{{ question.question_id }}" value="{{ score }}"
{%- if given.get(question.question_id) == score | string %} checked{% endif %}
{%- if question.required %} required{% endif %}>{{ score }}</label>{% endfor %}
</div>
{% endif %}
</fieldset>
{% endfor %}
<button type="submit">{{ words.send }}</button>
</form>
{% endif %}
</main>
</body>
</html>
"""
_template = Environment(autoescape=True).from_string(_PAGE)


def survey_pages(get_form: Call, answer_form: Call) -> Blueprint:
    """`/s/<token>`: the form, and what becomes of it."""
    pages = Blueprint("survey_pages", __name__)

    @pages.get(f"{FOLDER}<token>")
    def show(token: str) -> AnyResponse:
        return _answering(lambda: _shown(get_form, token, MultiDict(), faulty=False))

    @pages.post(f"{FOLDER}<token>")
    def take(token: str) -> AnyResponse:
        request.max_content_length = request.max_form_memory_size = FORM_BYTES_MAX
        given = request.form
        return _answering(lambda: _taken(get_form, answer_form, token, given))

    return pages


def _taken(get_form: Call, answer_form: Call, token: str, given: MultiDict[str, str]) -> Response:
    # What a text and what a score is the form says; it is refused here as it would be to whoever only looks.
    form = _form(get_form, token)
    answers = [answer for question in form.questions if (answer := _answer(question, given)) is not None]
    if not answers:
        return _shown(get_form, token, given, faulty=True)
    try:
        answer_form(_exchange(), {"token": token, "answers": answers})
    except InvalidInput:
        return _shown(get_form, token, given, faulty=True)
    return _page("thanks", HTTPStatus.OK)


def _shown(get_form: Call, token: str, given: MultiDict[str, str], *, faulty: bool) -> Response:
    status = HTTPStatus.BAD_REQUEST if faulty else HTTPStatus.OK
    return _page("faulty" if faulty else "", status, _form(get_form, token), given)


def _form(get_form: Call, token: str) -> Any:
    if not _TOKEN.fullmatch(token):
        raise NotFound("SURVEY_LINK_NOT_FOUND", "There is no such link.")
    return get_form(_exchange(), {"token": token})


def _answer(question: Any, given: MultiDict[str, str]) -> dict[str, Any] | None:
    text = given.get(question.question_id, "")
    if not text.strip():
        return None
    if question.kind == _TEXT:
        return {"question_id": question.question_id, "text": text.replace("\r\n", "\n")}
    # What is no number of the scale is refused with the others, and not passed over.
    score = int(text) if _SCORE.fullmatch(text) else 100
    return {"question_id": question.question_id, "score": min(score, 100)}


def _answering(answer: Callable[[], Response]) -> Response:
    """The answer, or a page that says why there is none: whoever reads it is no program."""
    try:
        return answer()
    except NotFound:
        return _page("missing", HTTPStatus.NOT_FOUND)
    except RuleBroken as refusal:
        return _page("expired" if refusal.reason == "SURVEY_LINK_EXPIRED" else "answered", HTTPStatus.GONE)
    except (Unavailable, NotDeployed):
        return _page("unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
    except WorkbenchError:
        return _page("missing", HTTPStatus.BAD_REQUEST)


def _page(message: str, status: HTTPStatus, form: Any = None, given: MultiDict[str, str] | None = None) -> Response:
    language = _language()
    text = _template.render(
        language=language,
        other=next(each for each in _LANGUAGES if each != language),
        words=_WORDS[language],
        style=_STYLE,
        message=_WORDS[language][message] if message else "",
        faulty=status >= HTTPStatus.BAD_REQUEST,
        form=form,
        given=given or {},
        scales=_SCALES,
        text_kind=_TEXT,
        choice_kind=_CHOICE,
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": NO_STORE, "Vary": "Accept-Language"}
    return Response(text, status.value, headers, content_type="text/html; charset=utf-8")


def _language() -> str:
    """The one asked for, or the one that the browser prefers; Chinese where it says nothing."""
    asked = request.args.get("lang", "")
    return asked if asked in _LANGUAGES else request.accept_languages.best_match(_LANGUAGES) or _LANGUAGES[0]


def _exchange() -> Exchange:
    exchange: Exchange = request.environ[EXCHANGE_KEY]
    return exchange
