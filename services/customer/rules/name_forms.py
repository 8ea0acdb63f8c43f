"""Names as they are compared: what two writings of one name have in common stays, what only dresses it goes.

Full and half width (NFKC), case, traditional and simplified characters, letters of other scripts that look Latin, punctuation:
none of them tells two customers apart. Of an organisation also the legal form and the region before its name are taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from stdnum import numdb

from services.chassis.words.folding import fold
from services.chassis.words.readings import likeliest

# A name keeps at least so much when form, region or trade are taken off: 上海银行 does not become nothing.
_CORE_LENGTH_MIN = 2
# How many names' forms are kept at hand: a scan meets most names of a bank in many pairs.
_FORMS_KEPT = 65_536

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_WORD = re.compile(r"[^\W_]+")
# Legal forms 组织形式, the longest first. A branch 分公司 is another customer than its company, so that stays.
_FORMS = (
    "股份有限责任公司", "集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "有限公司",
    "股份公司", "集团公司", "合伙企业", "普通合伙", "有限合伙", "集团", "公司", "股份",
)  # fmt: skip
_LATIN_FORMS = "co ltd limited inc incorporated corp corporation company llc llp plc gmbh ag sa pte"
# Trades 行业 that many companies name: what is left without them is the mark 字号 by which one is known.
_TRADES = (
    "科技 贸易 实业 电子 信息 技术 投资 管理 咨询 工程 建设 建筑 发展 国际 文化 传媒 物流 食品 服饰 机械 设备 制造 材料 化工 "
    "能源 环保 餐饮 酒店 农业 医疗 器械 医药 生物 教育 房地产 开发 商贸 进出口 供应链 服务 网络 软件 智能 汽车 零部件 包装 "
    "纺织 家居 装饰 装备 精密 控股 资产 运输 置业 半导体 新能源 企业 产业"
)
_TRADE = re.compile("|".join(sorted(_TRADES.split(), key=len, reverse=True)))
_REGION_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "地区", "省", "市", "盟")
# Sounds that many speakers do not tell apart, and so many clerks do not.
_LIKE_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("lv", "lu"), ("nv", "nu"))


@dataclass(frozen=True, slots=True)
class NameForms:
    """One name in all the forms that are compared."""

    # The whole name, folded, words in their order.
    text: str
    # The words in alphabetical order: Fang Ouyang is Ouyang Fang.
    sorted_text: str
    # How it is read, in pinyin without tones, without spaces; for Latin words also with the last word first.
    readings: frozenset[str]
    # The same where like sounds are one.
    like_readings: frozenset[str]
    # Of an organisation: without legal form and region, and without the trade; of a person the text.
    core: str
    mark: str
    # The regions that the name tells, each with its province: 杭州 and 浙江 for 杭州.
    regions: frozenset[str]


@lru_cache(maxsize=_FORMS_KEPT)
def person_forms(name: str) -> NameForms:
    """The forms of a person's name."""
    words = _words(name)
    text = " ".join(words)
    return NameForms(text, " ".join(sorted(words)), *_readings(words), core=text, mark=text, regions=frozenset())


@lru_cache(maxsize=_FORMS_KEPT)
def organisation_forms(name: str) -> NameForms:
    """The forms of an organisation's name."""
    words = _without_latin_forms(_words(name))
    # 华东贸易 (上海) 有限公司: a region in brackets is one before the name.
    bracketed = {word for word in words[1:] if word in _regions()}
    kept = [word for word in words if word not in bracketed]
    core, regions = _without_regions(_without_form(("" if _HAN.search(name) else " ").join(kept)))
    regions = regions.union(*(_regions()[word] for word in bracketed))
    mark = _TRADE.sub("", core)
    mark = mark if len(mark) >= _CORE_LENGTH_MIN else core
    return NameForms(
        " ".join(words), " ".join(sorted(words)), *_readings(core.split() or [core]), core=core, mark=mark, regions=regions
    )


def _words(name: str) -> list[str]:
    folded = fold(name)
    # A name of signs alone is compared as it stands.
    return _WORD.findall(folded) or [folded]


def _readings(words: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    spelt = ["".join(map(_read, word)) for word in words]
    orders = [spelt] if len(spelt) == 1 else [spelt, [spelt[-1], *spelt[:-1]]]
    readings = frozenset(filter(None, ("".join(order) for order in orders)))
    return readings, frozenset(map(_alike_sounding, readings))


def _alike_sounding(reading: str) -> str:
    for sound, like in _LIKE_SOUNDS:
        reading = reading.replace(sound, like)
    return reading


@cache
def _read(character: str) -> str:
    # One by one: a name is read by its characters, and looking whole words up costs twenty times as much.
    return likeliest(character)[0] if _HAN.match(character) else character


def _without_latin_forms(words: list[str]) -> list[str]:
    while len(words) > 1 and words[-1] in _LATIN_FORMS.split():
        words = words[:-1]
    return words


def _without_form(name: str) -> str:
    for form in _FORMS:
        if name.endswith(form) and len(name) - len(form) >= _CORE_LENGTH_MIN:
            return name.removesuffix(form)
    return name


def _without_regions(name: str) -> tuple[str, frozenset[str]]:
    found: set[str] = set()
    while region := _leading_region(name):
        found |= _regions()[region]
        name = name.removeprefix(region)
    return name, frozenset(found)


def _leading_region(name: str) -> str:
    longest = min(_region_length_max(), len(name) - _CORE_LENGTH_MIN)
    return next((name[:length] for length in range(longest, 1, -1) if name[:length] in _regions()), "")


@cache
def _region_length_max() -> int:
    return max(map(len, _regions()))


@cache
def _regions() -> dict[str, frozenset[str]]:
    """Provinces and prefectures, in full and short, each to its short name and its province's; from stdnum's division codes."""
    regions: dict[str, frozenset[str]] = {}
    for *_, province, divisions in numdb.get("cn/loc").prefixes:
        (province_name,) = _names(province["province"])[-1:]
        prefectures = [place for _, code, _, place, _ in divisions if code.endswith("00") and not code.startswith("0000")]
        for name in (province_name, *(name for place in prefectures for name in _names(place["county"]))):
            full, short = fold(name), _short(fold(name))
            if len(short) >= _CORE_LENGTH_MIN:
                regions[full] = regions[short] = frozenset({short, _short(fold(province_name))})
    return regions


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := re.sub(r"\[[^]]*\]", "", part).strip()) and name != "市辖区"]


def _short(region: str) -> str:
    for ending in _REGION_ENDINGS:
        if region.endswith(ending) and len(region) - len(ending) >= _CORE_LENGTH_MIN:
            return region.removesuffix(ending)
    return region
