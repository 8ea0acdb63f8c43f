"""How names are read: pinyin without tones, one word a syllable.

Chinese names are read by pypinyin; family names that are read otherwise than the word they are written with stand here. Names
in Latin letters are read as written, without their accents; of other scripts there is no reading.
"""

from __future__ import annotations

import re
import unicodedata

READING_LENGTH_MAX = 1_400
_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_PERSON_LENGTH_MAX = 5


def _pairs(text: str) -> dict[str, str]:
    """`单 shan 曾 zeng` as {"单": "shan", "曾": "zeng"}."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


# 单 is read dan as a word and shan as a family name.
_FAMILY_NAMES = _pairs(
    "单 shan 曾 zeng 仇 qiu 区 ou 解 xie 查 zha 朴 piao 盖 ge 翟 zhai 黑 he 秘 bi 折 she 员 yun 贠 yun 种 chong 洗 xian 繁 po "
    "重 chong 缪 miao 覃 qin 乐 yue 召 shao 乜 nie 隗 wei 都 du 郇 xun 祭 zhai 卜 bu 么 yao 佴 nai 阚 kan 适 kuo 句 gou "
    "乘 sheng 六 lu 会 gui 炅 gui 藏 zang 能 nai 粘 nian"
)
# Of two characters, whose first is a family name of its own with another reading.
_DOUBLE_FAMILY_NAMES = {"单于": "chan yu", "万俟": "mo qi", "尉迟": "yu chi", "长孙": "zhang sun"}


def reading(name: str, *, of_person: bool) -> str:
    """The name's reading, or empty; `of_person` reads what stands first as a family name."""
    head, rest = "", name
    if of_person and len(name) <= _PERSON_LENGTH_MAX and _HAN.match(name):
        head, rest = _family_name(name)
    return " ".join(filter(None, (head, _words(rest))))[:READING_LENGTH_MAX].rstrip()


def tidy_reading(text: str) -> str:
    """A reading that somebody gave: its words with single spaces."""
    return " ".join(text.split())


def _family_name(name: str) -> tuple[str, str]:
    if known := _DOUBLE_FAMILY_NAMES.get(name[:2]):
        return known, name[2:]
    known = _FAMILY_NAMES.get(name[0])
    return (known, name[1:]) if known else ("", name)


def _words(text: str) -> str:
    if not text:
        return ""
    if _HAN.search(text):
        # Its dictionaries take a third of a second to load, and a service that reads no Chinese name never needs them.
        from pypinyin import lazy_pinyin

        text = " ".join(lazy_pinyin(text))
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(_WORD.findall("".join(character for character in plain if not unicodedata.combining(character))))
