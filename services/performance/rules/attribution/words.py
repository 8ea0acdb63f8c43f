"""Schemes, and why somebody has what he has, in plain words: Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from services.performance.rules.attribution.deals import Part
from services.performance.rules.attribution.kinds import EffortMeasure, SchemeKind
from services.performance.rules.attribution.parameters import Parameters

CHINESE, ENGLISH = "zh", "en"

# Of each kind: what the rule is, in Chinese and in English; in braces stand parameters.
_RULES: Mapping[SchemeKind, tuple[str, str]] = {
    SchemeKind.SINGLE_OWNER: ("全部归一人。", "All to one."),
    SchemeKind.EQUAL_MEMBERS: ("每位成员相同。", "To each member the same."),
    SchemeKind.EQUAL_TOUCHES: ("每次联系相同，联系多者多得。", "To each contact the same: who had more of them has more."),
    SchemeKind.AGREED: ("按成员约定的比例。", "In the ratios that the members agreed on."),
    SchemeKind.AMOUNT_BAND: ("金额分段，各段按各自约定的比例。", "Each part of the amount in ratios of its own."),
    SchemeKind.TIME_DECAY: (
        "离成交越近的联系权重越大：每早 {half_life_days} 天，权重减半。",
        "The later a contact the more it weighs: half for each {half_life_days} days before the deal was won.",
    ),
    SchemeKind.POSITION: (
        "首次联系 {first}、转折 {turning}、末次 {last}、其余合计 {others}。",
        "The first contact has {first}, the turning one {turning}, the last {last}, all others together {others}.",
    ),
    SchemeKind.FIRST_TOUCH: ("全部归首次联系者。", "All to whoever had the first contact."),
    SchemeKind.LAST_TOUCH: ("全部归末次联系者。", "All to whoever had the last contact before it was won."),
    SchemeKind.ROLE: ("角色权重乘以参与程度。", "What a role weighs, times how much of it one filled."),
    SchemeKind.EFFORT: (
        "按联系的{effort_zh}，每人每日至多计 {effort_per_day_max}。",
        "By {effort_en} of contacts, at most {effort_per_day_max} of anybody a day.",
    ),
    SchemeKind.STOCK_INCREMENT: (
        "存量归原责任人，增量按团队：{inner}",
        "The base to whoever had it, the increment to the team: {inner}",
    ),
    SchemeKind.MARKOV: (
        "移除某成员后成交概率下降的幅度，按近 {history_days} 天的商机历程计算。",
        "By how much less likely it had been won without somebody, over the opportunities of {history_days} days.",
    ),
    SchemeKind.SHAPLEY: (
        "对各阶段，每次联系促成的把握为 {touch_strength}；按成员加入各种组合时平均带来的增量分配。",
        "By what each adds to the others; one contact alone brings a stage about with {touch_strength}.",
    ),
    SchemeKind.BLEND: (
        "{agreed} 按约定，其余按证据；每人 {floor} 至 {cap}。证据：{inner}",
        "{agreed} as agreed, the rest by evidence; {floor} to {cap} to each: {inner}",
    ),
}
# What figures of a part are called.
_FIGURES: Mapping[str, tuple[str, str]] = {
    "agreed_basis_points": ("约定 {}", "agreed: {}"),
    "alone_percent": ("单独可促成 {}%", "alone worth {} %"),
    "bands": ("参与 {} 个金额段", "bands: {}"),
    "base": ("原有存量 {}", "base: {}"),
    "basis_points": ("约定 {}", "agreed: {}"),
    "contacts": ("联系 {} 次", "contacts: {}"),
    "effect_percent": ("移除后成交概率下降 {}%", "without this member {} % less likely"),
    "effort": ("投入 {}", "effort: {}"),
    "evidence_basis_points": ("证据 {}", "by evidence: {}"),
    "involvement_basis_points": ("参与程度 {}", "of the role filled: {}"),
    "journeys": ("涉及商机 {} 个", "opportunities: {}"),
    "members": ("共 {} 位成员", "members: {}"),
    "position": ("位置得分 {}", "points by position: {}"),
    "role_weight": ("角色权重 {}", "role weight: {}"),
    "stages": ("涉及 {} 个阶段", "stages: {}"),
    "weight": ("衰减后权重 {}", "weight after decay: {}"),
}


def rule_words(kind: SchemeKind, parameters: Parameters, language_code: str) -> str:
    """The rule of a scheme with its parameters."""
    place = _place(language_code)
    inner = ""
    if kind in (SchemeKind.BLEND, SchemeKind.STOCK_INCREMENT):
        inner = rule_words(SchemeKind(parameters.inner_kind), parameters, language_code)
    points = parameters.effort_measure == EffortMeasure.POINTS
    return _RULES[kind][place].format(
        half_life_days=parameters.half_life_days,
        first=_percent(parameters.position.first_basis_points),
        turning=_percent(parameters.position.turning_basis_points),
        last=_percent(parameters.position.last_basis_points),
        others=_percent(parameters.position.others_basis_points),
        effort_zh="积分" if points else "分钟数",
        effort_en="points" if points else "minutes",
        effort_per_day_max=parameters.effort_per_day_max,
        history_days=parameters.history_days,
        touch_strength=_percent(parameters.touch_strength_basis_points),
        agreed=_percent(parameters.agreed_basis_points),
        floor=_percent(parameters.floor_basis_points),
        cap=_percent(parameters.cap_basis_points),
        inner=inner,
    )


def part_words(part: Part | None, language_code: str) -> str:
    """Why somebody has what he has; that nothing counts of him where there is no part of his."""
    place = _place(language_code)
    if part is None:
        return ("没有计入的内容", "nothing counts")[place]
    named = [_FIGURES[name][place].format(_said(name, figure)) for name, figure in part.figures.items()]
    return ("，", ", ")[place].join(named) or ("指定的唯一责任人", "the one who is named")[place]


def _said(name: str, figure: str) -> str:
    """Shares as everybody reads them: in percent."""
    return _percent(int(figure)) if name.endswith("basis_points") else figure


def _percent(basis_points: int) -> str:
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02}%" if hundredths else f"{whole}%"


def _place(language_code: str) -> int:
    return int(language_code == ENGLISH)
