"""What a column of a table of customers holds, as its heading says in Chinese, in English or in pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from services.chassis.words.readings import likeliest

CUSTOM_PREFIX = "custom."
# A heading is looked for in so many rows: what stands above it is a title.
HEADING_ROWS_MAX = 20
_CUSTOM_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# By field, the headings seen in practice; the field's own name is one always.
HEADINGS: dict[str, tuple[str, ...]] = {
    "customer_number": (
        "客户号", "客户编号", "客户编码", "客户代码", "核心客户号",
        "customer no", "customer id", "client number", "cif",
    ),
    "kind": ("客户类型", "客户类别", "客户性质", "对公对私", "customer type", "customer kind", "type"),
    "display_name": (
        "客户名称", "姓名", "客户姓名", "名称", "企业名称", "单位名称", "公司名称", "户名",
        "name", "customer name", "full name", "company name", "company",
    ),
    "identifier": (
        "证件号码", "证件号", "身份证号", "身份证号码", "统一社会信用代码", "社会信用代码", "信用代码",
        "id number", "id no", "id card", "uscc", "credit code", "identity number",
    ),
    "identifier_kind": ("证件类型", "证件种类", "id type", "identifier type"),
    "phone": (
        "手机", "手机号", "手机号码", "电话", "联系电话", "电话号码", "移动电话",
        "mobile", "telephone", "tel", "phone number",
    ),
    "email": ("邮箱", "电子邮件", "电子邮箱", "邮件", "e-mail", "mail", "email address"),
    "address": ("地址", "住址", "通讯地址", "联系地址", "经营地址", "家庭住址", "postal address", "street address"),
    "postal_code": ("邮编", "邮政编码", "zip", "zip code", "postcode"),
    "division_code": ("行政区划", "行政区划代码", "区划代码", "division"),
    "birth_or_founding_date": (
        "出生日期", "生日", "成立日期", "注册日期", "date of birth", "birthday", "birth date", "founding date", "founded",
    ),
    "tier": ("客户等级", "客户层级", "等级", "客户级别", "level", "grade", "customer tier"),
    "state": ("客户状态", "状态", "status", "customer state"),
    "industry_code": ("行业", "行业代码", "所属行业", "industry"),
    "size": ("企业规模", "规模", "enterprise size", "company size"),
    "ownership": ("所有制", "所有制形式", "经济性质", "ownership type"),
    "listing": ("上市代码", "股票代码", "证券代码", "ticker", "stock code"),
    "tags": ("标签", "客户标签", "labels", "tag"),
    "pinyin": ("拼音", "姓名拼音", "name pinyin"),
    "former_name": ("曾用名", "原名", "former names"),
    "short_name": ("简称", "企业简称", "abbreviation"),
    "foreign_name": ("外文名", "英文名", "英文名称", "english name"),
    "lead_staff_number": (
        "客户经理", "客户经理工号", "管户客户经理", "主办客户经理", "工号", "管户人工号",
        "relationship manager", "rm", "rm number", "staff number", "account manager",
    ),
}  # fmt: skip
FIELDS = frozenset(HEADINGS)
# Without one of the first, no row can be told from another; without the second, no record can be opened.
KEYS = ("customer_number", "identifier")


def suggested(headings: Sequence[str]) -> list[str]:
    """For each column the field that its heading names, each field once; empty where it names none."""
    taken: set[str] = set()
    fields = []
    for heading in headings:
        field = _field_of(heading)
        fields.append(field if field not in taken else "")
        taken.add(field)
    return fields


def heading_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the heading: the one that names the most fields, else the first that is not empty."""
    scores = [sum(bool(field) for field in suggested(row)) for row in rows[:HEADING_ROWS_MAX]]
    if any(scores):
        return scores.index(max(scores))
    return next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)


def is_field(name: str) -> bool:
    """Whether a column can be mapped to a field of that name."""
    return name in FIELDS or (name.startswith(CUSTOM_PREFIX) and bool(_CUSTOM_NAME.fullmatch(name.removeprefix(CUSTOM_PREFIX))))


def _field_of(heading: str) -> str:
    text = heading.strip()
    if text.lower().startswith(CUSTOM_PREFIX) and is_field(text.lower()):
        return text.lower()
    return _by_heading().get(_plain(text), "")


@cache
def _by_heading() -> dict[str, str]:
    return {
        spelling: field for field, headings in HEADINGS.items() for each in (field, *headings) for spelling in _spellings(each)
    }


def _spellings(heading: str) -> Iterator[str]:
    yield _plain(heading)
    if not heading.isascii():
        yield _plain("".join(likeliest(heading)))


def _plain(heading: str) -> str:
    """Without what writers differ in: width, case, blanks, punctuation, and a remark in brackets."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"[(\[\uff08\u3010].*?[)\]\uff09\u3011]", "", text)
    return "".join(character for character in text if unicodedata.category(character)[0] in "LN")
