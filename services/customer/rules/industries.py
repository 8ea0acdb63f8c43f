"""Industries 行业 (GB/T 4754-2017): 20 sections by letter, 97 divisions by two digits, then groups and classes.

Sections and divisions are named here. Of groups and classes the structure is checked: each belongs to a division by its first
digits. Which of them exist changes with every amendment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.words.texts import refusal

_DIVISION_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A section 门类: its name, and its divisions 大类, which are numbered on from the first."""

    name: str
    first_division: int
    divisions: tuple[str, ...]


def tidy_industry(code: str) -> str:
    """The code as it came, or empty; raises InvalidInput INDUSTRY_INVALID, naming the field `industry_code`."""
    if code and not industry_name(code):
        fault = "A code of GB/T 4754: a section such as C, or one with a division of its own, such as C39."
        raise refusal("INDUSTRY_INVALID", "There is no such industry.", "industry_code", fault)
    return code


def industry_name(code: str) -> str:
    """The name of the section or division to which a code belongs; empty where it belongs to none."""
    section = SECTIONS.get(code[:1])
    if section is None or len(code) == 1:
        return section.name if section else ""
    division = code[1:_DIVISION_LENGTH]
    if len(division) < _DIVISION_LENGTH - 1 or not (division.isascii() and division.isdecimal()):
        return ""
    place = int(division) - section.first_division
    return section.divisions[place] if 0 <= place < len(section.divisions) else ""


SECTIONS: Mapping[str, Section] = {
    "A": Section("农、林、牧、渔业", 1, (
        "农业", "林业", "畜牧业", "渔业", "农、林、牧、渔专业及辅助性活动",
    )),
    "B": Section("采矿业", 6, (
        "煤炭开采和洗选业", "石油和天然气开采业", "黑色金属矿采选业", "有色金属矿采选业", "非金属矿采选业",
        "开采专业及辅助性活动", "其他采矿业",
    )),
    "C": Section("制造业", 13, (
        "农副食品加工业", "食品制造业", "酒、饮料及精制茶制造业", "烟草制品业", "纺织业", "纺织服装、服饰业",
        "皮革、毛皮、羽毛及其制品和制鞋业", "木材加工和木、竹、藤、棕、草制品业", "家具制造业", "造纸和纸制品业",
        "印刷和记录媒介复制业", "文教、工美、体育和娱乐用品制造业", "石油、煤炭及其他燃料加工业",
        "化学原料和化学制品制造业", "医药制造业", "化学纤维制造业", "橡胶和塑料制品业", "非金属矿物制品业",
        "黑色金属冶炼和压延加工业", "有色金属冶炼和压延加工业", "金属制品业", "通用设备制造业", "专用设备制造业",
        "汽车制造业", "铁路、船舶、航空航天和其他运输设备制造业", "电气机械和器材制造业",
        "计算机、通信和其他电子设备制造业", "仪器仪表制造业", "其他制造业", "废弃资源综合利用业",
        "金属制品、机械和设备修理业",
    )),
    "D": Section("电力、热力、燃气及水生产和供应业", 44, (
        "电力、热力生产和供应业", "燃气生产和供应业", "水的生产和供应业",
    )),
    "E": Section("建筑业", 47, (
        "房屋建筑业", "土木工程建筑业", "建筑安装业", "建筑装饰、装修和其他建筑业",
    )),
    "F": Section("批发和零售业", 51, (
        "批发业", "零售业",
    )),
    "G": Section("交通运输、仓储和邮政业", 53, (
        "铁路运输业", "道路运输业", "水上运输业", "航空运输业", "管道运输业", "多式联运和运输代理业", "装卸搬运和仓储业",
        "邮政业",
    )),
    "H": Section("住宿和餐饮业", 61, (
        "住宿业", "餐饮业",
    )),
    "I": Section("信息传输、软件和信息技术服务业", 63, (
        "电信、广播电视和卫星传输服务", "互联网和相关服务", "软件和信息技术服务业",
    )),
    "J": Section("金融业", 66, (
        "货币金融服务", "资本市场服务", "保险业", "其他金融业",
    )),
    "K": Section("房地产业", 70, (
        "房地产业",
    )),
    "L": Section("租赁和商务服务业", 71, (
        "租赁业", "商务服务业",
    )),
    "M": Section("科学研究和技术服务业", 73, (
        "研究和试验发展", "专业技术服务业", "科技推广和应用服务",
    )),
    "N": Section("水利、环境和公共设施管理业", 76, (
        "水利管理业", "生态保护和环境治理业", "公共设施管理业", "土地管理业",
    )),
    "O": Section("居民服务、修理和其他服务业", 80, (
        "居民服务业", "机动车、电子产品和日用产品修理业", "其他服务业",
    )),
    "P": Section("教育", 83, (
        "教育",
    )),
    "Q": Section("卫生和社会工作", 84, (
        "卫生", "社会工作",
    )),
    "R": Section("文化、体育和娱乐业", 86, (
        "新闻和出版业", "广播、电视、电影和影视录音制作业", "文化艺术业", "体育", "娱乐业",
    )),
    "S": Section("公共管理、社会保障和社会组织", 91, (
        "中国共产党机关", "国家机构", "人民政协、民主党派", "社会保障", "群众团体、社会团体和其他成员组织",
        "基层群众自治组织及其他组织",
    )),
    "T": Section("国际组织", 97, (
        "国际组织",
    )),
}  # fmt: skip
