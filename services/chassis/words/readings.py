"""How Chinese names are read: pinyin without tones, as people type it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from services.chassis.words.folding import is_ideograph
from services.chassis.words.reading_table import PHRASE_CHARACTERS_MAX, reading_table

# Characters that are read another way where they are a family name: 单 is read dan as a word and shan as a name.
_SURNAME_PAIRS = """
单 shan 曾 zeng 仇 qiu 解 xie 查 zha 盖 ge 区 ou 朴 piao 任 ren 缪 miao 覃 qin 翟 zhai 召 shao 乐 yue 华 hua
员 yun 贠 yun 繁 po 种 chong 重 chong 黑 he 秘 bi 尉 wei 长 zhang 宓 fu 折 she 冼 xian 洗 xian 那 na 纪 ji
燕 yan 应 ying 宁 ning 哈 ha 訾 zi 逄 pang 隗 wei 郇 xun 郗 xi 牟 mu 乜 nie 都 du 祭 zhai 卜 bu 么 yao 佴 nai
阚 kan 适 kuo 句 gou 乘 sheng 六 lu 会 gui 炅 gui 藏 zang 能 nai 粘 nian
"""
_SURNAMES = dict(zip(_SURNAME_PAIRS.split()[::2], _SURNAME_PAIRS.split()[1::2], strict=True))
# Of two characters, whose first is a family name of its own with another reading.
_DOUBLE_SURNAMES = {"单于": ("chan", "yu"), "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "长孙": ("zhang", "sun")}
# With v for ü, as keyboards have it.
_SPELT = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha
chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui
cun cuo da dai dan dang dao de dei deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en er fa fan
fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han
hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju
juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le
lei len leng li lia lian liang liao lie lin ling liu lo long lou lu luan lue lun luo lv lve ma mai man mang mao me mei
men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning
niu nong nou nu nuan nue nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia
qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai
san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun
shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun
tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao
ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen
zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
_SYLLABLES = frozenset(_SPELT.split())
_BEGINNINGS = frozenset(syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1))
_SYLLABLE_LETTERS_MAX = 6
# What of typed letters is read as syllables, and in how many ways at most: xian is one, or xi and an.
_SPELT_LETTERS_MAX = 24
_SPELLINGS_MAX = 4
# So long the search for them lasts: there are letters with millions of ways.
_SPELLING_STEPS_MAX = 200
# A longer reading that somebody gave is not taken apart.
_DIVIDED_LETTERS_MAX = 60
# Longest text whose reading is looked up as phrases; a longer one is no name that anybody types the pinyin of.
_PHRASES_CHARACTERS_MAX = 200


def readings(singles: Sequence[str]) -> list[tuple[str, ...]]:
    """For each character of a name its readings, the likeliest first; none for what is no Chinese character."""
    likely = likeliest("".join(singles)[:_PHRASES_CHARACTERS_MAX])
    found = [_spelt(reading) if is_ideograph(single) else () for single, reading in zip(singles, likely, strict=False)]
    found += [()] * (len(singles) - len(found))
    if singles and (surname := _SURNAMES.get(singles[0])) and surname not in found[0]:
        found[0] = (*found[0], *_spelt(surname))
    return found


def likeliest(text: str, *, of_person: bool = False) -> list[str]:
    """One reading for each character, which stands for itself where it is no Chinese one.

    Where characters are a phrase it is the phrase's (the longest that begins at a place counts); `of_person` reads what stands
    first as a family name. `pypinyin.lazy_pinyin` finds the same in three times the time, which a bank's import would feel.
    """
    found: list[str] = []
    if of_person:
        found += _DOUBLE_SURNAMES.get(text[:2]) or filter(None, (_SURNAMES.get(text[:1]),))
    while place := text[len(found) :]:
        found += _phrase(place) or [_single(place[0])]
    return found


@lru_cache(maxsize=1_000)
def spellings(letters: str) -> tuple[tuple[str, ...], ...]:
    """The ways in which letters can be read as two or more syllables, the last one perhaps begun only: `huata` as hua, ta.

    The fewest syllables come first. Letters that are no pinyin have none.
    """
    found: list[tuple[str, ...]] = []
    open_ends: list[tuple[tuple[str, ...], str]] = [((), letters[:_SPELT_LETTERS_MAX])]
    for _ in range(_SPELLING_STEPS_MAX):
        if not open_ends or len(found) == _SPELLINGS_MAX:
            break
        read, rest = open_ends.pop(0)
        if read and rest in _BEGINNINGS:
            found.append((*read, rest))
        open_ends += [
            ((*read, rest[:length]), rest[length:])
            for length in range(min(_SYLLABLE_LETTERS_MAX, len(rest) - 1), 0, -1)
            if rest[:length] in _SYLLABLES
        ]
    return tuple(found)


def divided(letters: str, count: int) -> tuple[str, ...]:
    """Letters as so many whole syllables; empty where they are not that."""
    if not count <= len(letters) <= _DIVIDED_LETTERS_MAX:
        return ()
    # For each place the ways to come there, by their count of syllables.
    ways: list[dict[int, tuple[str, ...]]] = [{0: ()}, *({} for _ in letters)]
    for start in range(len(letters)):
        for end in range(start + 1, min(start + _SYLLABLE_LETTERS_MAX, len(letters)) + 1):
            if letters[start:end] in _SYLLABLES:
                for number, before in ways[start].items():
                    ways[end].setdefault(number + 1, (*before, letters[start:end]))
    return ways[-1].get(count, ())


def _phrase(text: str) -> list[str]:
    phrases = reading_table().phrases
    for length in range(min(PHRASE_CHARACTERS_MAX, len(text)), 1, -1):
        if syllables := phrases.get(text[:length]):
            return syllables.split(" ")
    return []


def _single(character: str) -> str:
    return reading_table().characters.get(character, character)


def _spelt(reading: str) -> tuple[str, ...]:
    """With ü as people type it: lv and lu. A character of no known reading has none."""
    if not reading.isascii():
        return ()
    return (reading, reading.replace("v", "u")) if "v" in reading else (reading,)
