"""What the bank knows of a customer beside name and numbers: where he is, how he is reached, what he agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from deploy.demonstration.draws import Draw, Weighted
from deploy.demonstration.organisation import Branch

# The contract's names, so that a record goes into a request as it is.
Record = Mapping[str, Any]

_STATES = Weighted.of((("ACTIVE", 920), ("DORMANT", 50), ("PROSPECT", 20), ("CLOSED", 10)))
_CHANNELS = Weighted.of((("PHONE", 40), ("WECHAT", 35), ("TEXT_MESSAGE", 10), ("EMAIL", 5), ("VISIT", 10)))
_HOURS = ("工作日 9:00-17:00", "18:00 以后", "周末", "午休时间")
_STREETS = (
    "文三路", "解放路", "人民东路", "中山北路", "建国路", "和平大街", "新华路", "延安路", "学院路", "滨江大道", "天府大道",
    "体育西路",
)  # fmt: skip
_MAIL_HOSTS = ("mail.example.com", "post.example.cn", "example.net")
_PERSONS_TAGS = ("高净值", "代发工资", "房贷", "理财到期", "老年客户", "亲子", "golf", "出国金融", "信用卡", "养老金")
_COMPANIES_TAGS = ("专精特新", "供应链核心", "进出口", "绿色信贷", "代发单位", "拟上市", "园区企业", "授信", "结算大户")
_SIZES = Weighted.of((("MICRO", 40), ("SMALL", 35), ("MEDIUM", 18), ("LARGE", 7)))
_OWNERSHIPS = Weighted.of(
    (("PRIVATE", 70), ("STATE", 12), ("MIXED", 6), ("FOREIGN", 6), ("HONG_KONG_MACAO_TAIWAN", 4), ("COLLECTIVE", 2))
)
_EXCHANGES = (("SSE", 600_000), ("SZSE", 300_000), ("BSE", 830_000))
_COUNTRIES = ("US", "GB", "DE", "FR", "JP", "ES", "SE", "IN", "CA", "SG")
# What a company's name says of its industry (GB/T 4754); the first that fits.
_INDUSTRY_CODES = (
    ("半导体", "C397"), ("精密机械", "C34"), ("电子", "C39"), ("医药", "C27"), ("医疗器械", "C358"), ("建筑", "E47"),
    ("贸易", "F51"),
    ("新能源", "D44"), ("供应链", "G58"), ("食品", "C14"), ("纺织", "C17"), ("服饰", "C18"), ("物流", "G59"), ("信息技术", "I65"),
    ("环保", "N77"), ("汽车", "C367"), ("化工", "C26"), ("传媒", "R87"), ("餐饮", "H62"), ("农业", "A01"), ("包装", "C22"),
    ("家居", "C21"), ("教育咨询", "P83"), ("房地产", "K70"), ("装备", "C35"), ("银行", "J66"), ("租赁", "L71"), ("基金", "J67"),
    ("保险", "J68"), ("小额贷款", "J66"), ("担保", "L72"), ("教育", "P83"), ("中学", "P83"), ("小学", "P83"), ("卫生", "Q84"),
    ("医院", "Q84"), ("图书馆", "R88"), ("公积金", "S94"), ("财政", "S92"),
)  # fmt: skip
_FIRST_DAY = date(2018, 1, 1)
_CONSENT_DAYS = (date(2026, 6, 30) - _FIRST_DAY).days


def person_record(seed: int, index: int, *, latin_name: str, foreigner: bool, identifier: str, branch: Branch) -> Record:
    """The further parts of a person's record."""
    draw = Draw(seed, f"record/{index}")
    record = _common(draw, branch, "HOME", _PERSONS_TAGS)
    born = f"{identifier[6:10]}-{identifier[10:12]}-{identifier[12:14]}" if identifier else f"19{60 + draw.below(40)}-07-01"
    record["birth_or_founding_date"] = born
    contacts = [_contact("EMAIL", f"{_mail_name(latin_name)}{index % 997}@{draw.one_of(_MAIL_HOSTS)}")] if draw.below(3) else []
    if draw.below(5) == 0:
        contacts.append(_contact("WECHAT", f"wx_{_mail_name(latin_name)[:12]}{index % 10_000}"))
    record["contact_points"] = contacts
    if foreigner:
        passport = {"kind": "IDENTIFIER_KIND_PASSPORT", "number": f"P{index:08d}", "country_code": draw.one_of(_COUNTRIES)}
        record |= {"other_identifiers": [passport], "preferences": {"language_code": "en", "channel": "CHANNEL_EMAIL"}}
    record["documents"] = [_document(seed, index, "护照" if foreigner else "居民身份证")]
    return record


def organisation_record(
    seed: int, index: int, *, name: str, latin_name: str, area_code: str, company: bool, branch: Branch
) -> Record:
    """The further parts of an organisation's record."""
    draw = Draw(seed, f"record/{index}")
    record = _common(draw, branch, "BUSINESS", _COMPANIES_TAGS)
    record["birth_or_founding_date"] = (date(1988, 1, 1) + timedelta(days=draw.below(13_000))).isoformat()
    record["industry_code"] = next((code for word, code in _INDUSTRY_CODES if word in name), "")
    record["contact_points"] = [
        _contact("LANDLINE", f"{area_code}-8{draw.below(10**7):07d}", "财务"),
        _contact("EMAIL", f"office{index}@{_mail_name(latin_name)[:20]}.example.com"),
    ]
    record["other_names"] = [{"kind": "OTHER_NAME_KIND_FOREIGN", "name": latin_name}]
    record["documents"] = [_document(seed, index, "营业执照" if company else "事业单位法人证书")]
    record["ownership"] = f"OWNERSHIP_{_OWNERSHIPS.draw(draw) if company else 'STATE'}"
    if company:
        record["size"] = f"ENTERPRISE_SIZE_{_SIZES.draw(draw)}"
        if "股份" in name and draw.below(10) == 0:
            exchange, first = draw.one_of(_EXCHANGES)
            record["listing"] = f"{exchange}:{first + index % 3_000}"
    return record


def _common(draw: Draw, branch: Branch, address_kind: str, tags: tuple[str, ...]) -> dict[str, Any]:
    division = draw.one_of(branch.divisions)
    line = f"{draw.one_of(_STREETS)}{1 + draw.below(899)}号{1 + draw.below(30)}幢{101 + draw.below(1_800)}室"
    preferences = {"language_code": "zh-CN", "channel": f"CHANNEL_{_CHANNELS.draw(draw)}"}
    if draw.below(4) == 0:
        preferences["contact_hours"] = draw.one_of(_HOURS)
    return {
        "state": f"CUSTOMER_STATE_{_STATES.draw(draw)}",
        "addresses": [{"kind": f"ADDRESS_KIND_{address_kind}", "division_code": division.code, "line": line}],
        "tags": sorted({draw.one_of(tags) for _ in range(draw.below(4))}),
        "preferences": preferences,
        "consents": _consents(draw),
    }


def _consents(draw: Draw) -> list[dict[str, Any]]:
    first = _FIRST_DAY + timedelta(days=draw.below(_CONSENT_DAYS))
    marketing = {"purpose": "marketing", "effective_date": first.isoformat()}
    answer = draw.below(10)
    if answer == 0:
        return [marketing | {"state": "CONSENT_STATE_REFUSED"}]
    if answer > 1:
        return [marketing | {"state": "CONSENT_STATE_GRANTED"}]
    # Agreed, and thought better of it.
    last = first + timedelta(days=30 + draw.below(300))
    withdrawn = {"purpose": "marketing", "effective_date": (last + timedelta(days=1)).isoformat()}
    return [
        marketing | {"state": "CONSENT_STATE_GRANTED", "end_date": last.isoformat()},
        withdrawn | {"state": "CONSENT_STATE_WITHDRAWN"},
    ]


def _contact(kind: str, value: str, label: str = "") -> dict[str, str]:
    return {"kind": f"CONTACT_KIND_{kind}", "value": value, "label": label}


def _document(seed: int, index: int, title: str) -> dict[str, Any]:
    content = sha256(f"demonstration/{seed}/{index}/{title}".encode()).hexdigest()
    location = f"archive/{content[:2]}/{content}.pdf"
    return {
        "sha256": content,
        "title": title,
        "media_type": "application/pdf",
        "size_bytes": 80_000 + index,
        "location": location,
    }


def _mail_name(latin_name: str) -> str:
    return "".join(character for character in latin_name.lower() if "a" <= character <= "z") or "office"
