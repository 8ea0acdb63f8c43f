"""A cell's text as the value of a field, whatever of the usual ways it is written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.words.formulas import restored

CELL_LENGTH_MAX = 4_000

# By field and number, in the order of the contract's enums: the first is what exports write.
WORDS: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "kind": {
        1: ("RETAIL", "对私", "个人", "个人客户", "零售", "自然人", "person", "individual"),
        2: ("CORPORATE", "对公", "企业", "公司", "企业客户", "公司客户", "单位", "company", "business"),
        3: ("FINANCIAL_INSTITUTION", "金融同业", "同业", "金融机构", "bank"),
        4: ("PUBLIC_SECTOR", "机关事业单位", "政府", "事业单位", "机关", "government"),
    },
    "tier": {
        1: ("MASS", "大众", "普通"),
        2: ("AFFLUENT", "财富"),
        3: ("PREMIER", "贵宾"),
        4: ("PRIVATE", "私人银行", "私行", "private banking"),
    },
    "state": {
        1: ("ACTIVE", "正常", "有效"),
        2: ("CLOSED", "销户", "注销", "已销户"),
        3: ("PROSPECT", "潜在客户", "潜在", "意向"),
        4: ("DORMANT", "睡眠户", "睡眠", "休眠"),
    },
    "identifier_kind": {
        1: ("RESIDENT_ID_CARD", "居民身份证", "身份证", "id card"),
        2: ("PASSPORT", "护照"),
        3: ("UNIFIED_SOCIAL_CREDIT_CODE", "统一社会信用代码", "uscc"),
        4: ("LEI", "法人机构识别编码"),
        5: ("TAX_NUMBER", "纳税人识别号", "税号"),
        6: ("TRAVEL_PERMIT", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "回乡证", "台胞证"),
        7: ("PERMANENT_RESIDENCE_CARD", "外国人永久居留身份证"),
        8: ("SYSTEM_NUMBER", "系统编号"),
        9: ("OTHER", "其他"),
    },
    "size": {1: ("LARGE", "大型", "大"), 2: ("MEDIUM", "中型", "中"), 3: ("SMALL", "小型", "小"), 4: ("MICRO", "微型", "微")},
    "ownership": {
        1: ("STATE", "国有"),
        2: ("COLLECTIVE", "集体"),
        3: ("PRIVATE", "民营", "私营"),
        4: ("FOREIGN", "外资"),
        5: ("HONG_KONG_MACAO_TAIWAN", "港澳台资", "港澳台"),
        6: ("MIXED", "混合所有制", "混合"),
    },
}
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]?\s*([0-9]{1,2})\s*[-/.月]?\s*([0-9]{1,2})\s*日?(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_TAG_SEPARATOR = re.compile(r"[,;|\uff0c\uff1b\u3001\n]")


def value_of(field: str, cell: str) -> Any:
    """The value that a cell gives a field; None where the cell is empty, which leaves a field as it is.

    Raises InvalidInput VALUE_UNKNOWN, naming the field and never the cell's text.
    """
    text = restored(cell).strip()
    if not text:
        return None
    if len(text) > CELL_LENGTH_MAX:
        raise _unknown(field, f"A cell has at most {CELL_LENGTH_MAX} characters.")
    if field in WORDS:
        return _number(field, text)
    if field == "birth_or_founding_date":
        return _day(field, text)
    if field == "tags":
        return list(dict.fromkeys(tag.strip() for tag in _TAG_SEPARATOR.split(text) if tag.strip()))
    if field in ("identifier", "phone", "customer_number", "lead_staff_number", "industry_code", "division_code", "postal_code"):
        return unicodedata.normalize("NFKC", text)
    # As the record keeps it, so that what is there already is found to be there.
    return " ".join(unicodedata.normalize("NFC", text).split())


def word_of(field: str, number: int) -> str:
    """How an export writes a number of an enum; empty for the one that says nothing."""
    words = WORDS[field].get(number)
    return words[0] if words else ""


def _number(field: str, text: str) -> int:
    wanted = _plain(text)
    for number, words in WORDS[field].items():
        if wanted in map(_plain, words) or wanted.endswith(f"{field.replace('_', '')}{_plain(words[0])}"):
            return number
    raise _unknown(field, f"One of {', '.join(words[0] for words in WORDS[field].values())}, or its Chinese name.")


def _day(field: str, text: str) -> str:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_day(field)
    except ValueError:
        return _no_day(field)


def _no_day(field: str) -> str:
    raise _unknown(field, "A date as 1990-01-31, 1990/1/31, 19900131 or 1990年1月31日.")


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if unicodedata.category(c)[0] in "LN")


def _unknown(field: str, description: str) -> InvalidInput:
    return InvalidInput("VALUE_UNKNOWN", "A value is not understood.", violations=(FieldViolation(field, description),))
