"""Names of people and organisations, Chinese with their pinyin."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.demonstration.draws import Draw, Weighted

# One name of a hundred is not Chinese, one of two hundred is of a people that joins its names with a dot.
_ORIGINS = Weighted.of((("chinese", 985), ("foreign", 10), ("dotted", 5)))
_TWO_CHARACTERS_OF_TEN = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in the papers, and in Latin letters."""

    display: str
    latin: str


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`王 Wang 李 Li` as (("王", "Wang"), ("李", "Li"))."""
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


_COMMON_SURNAMES = _pairs(
    "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 黄 Huang 赵 Zhao 吴 Wu 周 Zhou 徐 Xu 孙 Sun 马 Ma 朱 Zhu 胡 Hu "
    "郭 Guo 何 He 高 Gao 林 Lin 罗 Luo 郑 Zheng 梁 Liang 谢 Xie 宋 Song 唐 Tang 许 Xu 邓 Deng 冯 Feng 韩 Han 曹 Cao"
)
_RARE_SURNAMES = _pairs(
    "曾 Zeng 彭 Peng 萧 Xiao 蔡 Cai 潘 Pan 田 Tian 董 Dong 袁 Yuan 于 Yu 余 Yu 叶 Ye 蒋 Jiang 杜 Du 苏 Su 魏 Wei "
    "程 Cheng 吕 Lü 丁 Ding 沈 Shen 任 Ren 姚 Yao 卢 Lu 傅 Fu 钟 Zhong 姜 Jiang 崔 Cui 谭 Tan 廖 Liao 范 Fan 汪 Wang "
    "陆 Lu 金 Jin 石 Shi 戴 Dai 贾 Jia 韦 Wei 夏 Xia 邱 Qiu 方 Fang 侯 Hou 邹 Zou 熊 Xiong 孟 Meng 秦 Qin 白 Bai "
    "江 Jiang 阎 Yan 薛 Xue 尹 Yin 欧阳 Ouyang 司马 Sima 诸葛 Zhuge 上官 Shangguan"
)
_SURNAMES = Weighted.of(
    tuple((surname, 120 - 3 * rank) for rank, surname in enumerate(_COMMON_SURNAMES)) + tuple((s, 8) for s in _RARE_SURNAMES)
)
_MALE_CHARACTERS = _pairs(
    "伟 wei 强 qiang 磊 lei 军 jun 杰 jie 涛 tao 明 ming 超 chao 刚 gang 平 ping 辉 hui 鹏 peng 建 jian 国 guo 志 zhi "
    "文 wen 海 hai 宇 yu 浩 hao 博 bo 俊 jun 峰 feng 天 tian 毅 yi 凯 kai 晨 chen 睿 rui 泽 ze 航 hang 斌 bin 波 bo "
    "林 lin 东 dong 龙 long 翔 xiang 子 zi 轩 xuan 一 yi 鸣 ming 嘉 jia"
)
_FEMALE_CHARACTERS = _pairs(
    "芳 fang 娜 na 敏 min 静 jing 丽 li 艳 yan 娟 juan 霞 xia 秀 xiu 英 ying 玲 ling 婷 ting 雪 xue 慧 hui 莹 ying "
    "洁 jie 梅 mei 琳 lin 颖 ying 欣 xin 怡 yi 佳 jia 雅 ya 梦 meng 琪 qi 思 si 雨 yu 诗 shi 涵 han 萱 xuan 倩 qian "
    "蕾 lei 薇 wei 燕 yan 红 hong 云 yun 晓 xiao 兰 lan 宁 ning 悦 yue"
)
_FOREIGN_MALE = ("James", "David", "Michael", "Thomas", "José", "Pierre", "Kenji", "Björn", "Sean", "Rajesh")
_FOREIGN_FEMALE = ("Emma", "Sophie", "Anna", "María", "Yuki", "Olivia", "Chloé", "Ingrid", "Priya", "Zoë")
_FOREIGN_SURNAMES = ("Carter", "O'Brien", "Müller", "García", "Tanaka", "Dupont", "Svensson", "Sharma", "Smith", "Nguyen")
_DOTTED_MALE = _pairs("艾力 Eli 买买提 Memet 巴特尔 Bater 多吉 Dorje 阿里木 Alim")
_DOTTED_FEMALE = _pairs("阿依古丽 Aygul 古丽娜尔 Gulnar 其其格 Qiqige 卓玛 Drolma 热娜 Rena")
_DOTTED_SURNAMES = _pairs("买买提 Memet 吐尔逊 Tursun 阿不都 Abdu 次仁 Tsering 苏和 Suhe")


def person_name(draw: Draw, *, male: bool) -> Name:
    """A person's name, Chinese for nearly all."""
    origin = _ORIGINS.draw(draw)
    if origin == "foreign":
        return _foreign_name(draw, male=male)
    if origin == "dotted":
        return _dotted_name(draw, male=male)
    return chinese_name(draw, male=male)


def chinese_name(draw: Draw, *, male: bool) -> Name:
    """A surname and one or two characters: 王雅婷, Wang Yating."""
    surname, surname_latin = _SURNAMES.draw(draw)
    characters = _MALE_CHARACTERS if male else _FEMALE_CHARACTERS
    given, latin = draw.one_of(characters)
    if draw.below(10) < _TWO_CHARACTERS_OF_TEN:
        second, second_latin = draw.one_of(characters)
        given, latin = given + second, latin + second_latin
    return Name(surname + given, f"{surname_latin} {latin.capitalize()}")


def _foreign_name(draw: Draw, *, male: bool) -> Name:
    name = f"{draw.one_of(_FOREIGN_MALE if male else _FOREIGN_FEMALE)} {draw.one_of(_FOREIGN_SURNAMES)}"
    return Name(name, name)


def _dotted_name(draw: Draw, *, male: bool) -> Name:
    given, given_latin = draw.one_of(_DOTTED_MALE if male else _DOTTED_FEMALE)
    surname, surname_latin = draw.one_of(_DOTTED_SURNAMES)
    return Name(f"{given}·{surname}", f"{given_latin} {surname_latin}")


_BRAND_FIRST = _pairs(
    "华 Hua 恒 Heng 新 Xin 瑞 Rui 金 Jin 天 Tian 宏 Hong 鼎 Ding 中 Zhong 德 De 嘉 Jia 盛 Sheng 博 Bo 远 Yuan 安 An "
    "大 Da 东 Dong 联 Lian 科 Ke 凯 Kai 万 Wan 信 Xin 泰 Tai 润 Run 明 Ming 诚 Cheng 云 Yun 海 Hai"
)
_BRAND_SECOND = _pairs(
    "泰 tai 达 da 丰 feng 源 yuan 通 tong 和 he 兴 xing 润 run 邦 bang 康 kang 宇 yu 诚 cheng 隆 long 利 li 创 chuang "
    "茂 mao 辰 chen 昌 chang 腾 teng 力 li 益 yi 峰 feng 业 ye 洋 yang 锦 jin 维 wei 航 hang 正 zheng"
)
_INDUSTRIES = (
    ("精密机械", "Precision Machinery"),
    ("电子科技", "Electronic Technology"),
    ("生物医药", "Biopharmaceutical"),
    ("建筑工程", "Construction"),
    ("国际贸易", "International Trading"),
    ("新能源", "New Energy"),
    ("供应链管理", "Supply Chain Management"),
    ("食品", "Foods"),
    ("纺织", "Textile"),
    ("服饰", "Apparel"),
    ("物流", "Logistics"),
    ("信息技术", "Information Technology"),
    ("环保科技", "Environmental Technology"),
    ("汽车零部件", "Auto Parts"),
    ("化工", "Chemical"),
    ("文化传媒", "Culture and Media"),
    ("餐饮管理", "Catering Management"),
    ("农业发展", "Agricultural Development"),
    ("医疗器械", "Medical Devices"),
    ("包装材料", "Packaging Materials"),
    ("家居", "Home Furnishing"),
    ("教育咨询", "Education Consulting"),
    ("房地产开发", "Real Estate Development"),
    ("半导体", "Semiconductor"),
    ("装备制造", "Equipment Manufacturing"),
)
_COMPANY_FORMS = Weighted.of(((("有限公司", "Co., Ltd."), 9), (("股份有限公司", "Corporation"), 1)))
_INSTITUTIONS = (
    ("村镇银行股份有限公司", "Rural Bank Co., Ltd."),
    ("融资租赁有限公司", "Financial Leasing Co., Ltd."),
    ("基金管理有限公司", "Fund Management Co., Ltd."),
    ("保险经纪有限公司", "Insurance Brokers Co., Ltd."),
    ("小额贷款有限公司", "Microcredit Co., Ltd."),
    ("融资担保有限公司", "Financing Guarantee Co., Ltd."),
)
_PUBLIC_BODIES = (
    ("教育局", "Bureau of Education"),
    ("卫生健康局", "Health Bureau"),
    ("财政局", "Finance Bureau"),
    ("人民医院", "People's Hospital"),
    ("第一中学", "No. 1 Middle School"),
    ("实验小学", "Experimental Primary School"),
    ("图书馆", "Library"),
    ("住房公积金管理中心", "Housing Provident Fund Centre"),
)


def company_name(draw: Draw, city: Name) -> Name:
    """杭州华泰精密机械有限公司, Hangzhou Huatai Precision Machinery Co., Ltd."""
    brand, (industry, industry_latin), (form, form_latin) = _brand(draw), draw.one_of(_INDUSTRIES), _COMPANY_FORMS.draw(draw)
    return Name(f"{city.display}{brand.display}{industry}{form}", f"{city.latin} {brand.latin} {industry_latin} {form_latin}")


def institution_name(draw: Draw, city: Name) -> Name:
    """A bank, lessor, fund or broker: 宁波恒丰村镇银行股份有限公司."""
    brand, (kind, kind_latin) = _brand(draw), draw.one_of(_INSTITUTIONS)
    return Name(f"{city.display}{brand.display}{kind}", f"{city.latin} {brand.latin} {kind_latin}")


def public_body_name(draw: Draw, city: Name, division: Name) -> Name:
    """A bureau, school or hospital of a district: 杭州市西湖区教育局."""
    body, body_latin = draw.one_of(_PUBLIC_BODIES)
    return Name(f"{city.display}市{division.display}{body}", f"{body_latin} of {division.latin}, {city.latin}")


def _brand(draw: Draw) -> Name:
    (first, first_latin), (second, second_latin) = draw.one_of(_BRAND_FIRST), draw.one_of(_BRAND_SECOND)
    return Name(first + second, first_latin + second_latin)
