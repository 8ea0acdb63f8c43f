"""Features 特征: what is known of a customer as of a business date, in words for cards and evidence, and which way risk goes.

How each is computed says `engine/features.py`. The window "1 to 30 days back" ends with the business date itself. A fall is the
part of what used to be there that is missing: 1 where all is gone, 0 where nothing changed, negative where it grew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class FeatureKind(StrEnum):
    """What a feature's values are."""

    # Minor units of the home currency.
    AMOUNT = "amount"
    # 0.25 is a quarter.
    RATIO = "ratio"
    DAYS = "days"
    COUNT = "count"
    DATE = "date"
    FLAG = "flag"
    CATEGORY = "category"
    # Hundred-millionths for a year.
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature in words. `risk`: 1 or -1 where the risk of leaving may only grow with it, or against it; 0 where both may be."""

    kind: FeatureKind
    risk: int
    chinese: str
    english: str


_A, _R, _D, _N = FeatureKind.AMOUNT, FeatureKind.RATIO, FeatureKind.DAYS, FeatureKind.COUNT
_T, _F, _C, _E8 = FeatureKind.DATE, FeatureKind.FLAG, FeatureKind.CATEGORY, FeatureKind.RATE

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "kind": Feature(_C, 0, "客户类型", "kind of customer"),
        "tier": Feature(_C, 0, "客户等级", "tier of the customer"),
        "history_days": Feature(_D, 0, "有余额记录的天数", "days with known balances"),
        "tenure_days": Feature(_D, -1, "建立关系天数", "days as a customer"),
        "thin": Feature(_F, 0, "数据不足", "not enough data"),
        # Balances.
        "assets_now": Feature(_A, 0, "当前资产余额", "assets now"),
        "assets_7": Feature(_A, 0, "近7天日均资产", "average assets of the last 7 days"),
        "assets_30": Feature(_A, 0, "近30天日均资产", "average assets of the last 30 days"),
        "assets_90": Feature(_A, 0, "近90天日均资产", "average assets of the last 90 days"),
        "assets_before": Feature(_A, 0, "此前91至180天日均资产", "average assets of 91 to 180 days back"),
        "assets_peak_90": Feature(_A, 0, "近90天资产峰值", "highest assets of the last 90 days"),
        "fall_7": Feature(_R, 1, "近7天日均较此前31至120天下降", "fall of the last 7 days against 31 to 120 days back"),
        "fall_30": Feature(_R, 1, "近30天日均较此前31至120天下降", "fall of the last 30 days against 31 to 120 days back"),
        "fall_90": Feature(_R, 1, "近90天日均较此前91至180天下降", "fall of the last 90 days against 91 to 180 days back"),
        "fall_season": Feature(_R, 1, "剔除去年同期规律后的下降", "fall of 30 days beyond that of a year before"),
        "draw_down": Feature(_R, 1, "较90天峰值回撤", "fall from the highest of 90 days"),
        "below_days": Feature(_D, 1, "连续低于常态七成的天数", "days in a row under 70 % of the usual"),
        "fall_onset_date": Feature(_T, 0, "开始下降日", "first day under the usual"),
        "volatility_90": Feature(_R, 1, "近90天余额波动", "swing of balances in 90 days"),
        # Flows.
        "inflow_30": Feature(_A, 0, "近30天流入", "inflow of 30 days"),
        "inflow_90": Feature(_A, 0, "近90天流入", "inflow of 90 days"),
        "outflow_30": Feature(_A, 0, "近30天流出", "outflow of 30 days"),
        "outflow_90": Feature(_A, 0, "近90天流出", "outflow of 90 days"),
        "inflow_fall": Feature(_R, 1, "近30天流入较此前下降", "fall of inflow in 30 days"),
        "salary_last_date": Feature(_T, 0, "最近一次代发工资日", "last salary"),
        "salary_interval_days": Feature(_D, 0, "代发工资间隔天数", "usual days between salaries"),
        "salary_overdue_days": Feature(_D, 1, "代发工资逾期天数", "days for which a salary is missing"),
        "settlement_fall": Feature(_R, 1, "近30天结算流入较此前下降", "fall of settlement inflow in 30 days"),
        "settlement_last_date": Feature(_T, 0, "最近一次结算流入日", "last settlement inflow"),
        "own_transfer_30": Feature(_A, 0, "近30天转往本人他行账户", "transfers to own accounts elsewhere in 30 days"),
        "own_transfer_share": Feature(
            _R, 1, "转往本人他行账户占日均资产", "transfers to own accounts elsewhere, of usual assets"
        ),
        "own_transfer_last_date": Feature(_T, 0, "最近一次转往本人他行账户日", "last transfer to an own account elsewhere"),
        # Products.
        "standing_orders": Feature(_N, -1, "生效的定期转账", "standing orders"),
        "standing_orders_cancelled_90": Feature(_N, 1, "近90天取消的定期转账", "standing orders cancelled in 90 days"),
        "product_count": Feature(_N, -1, "持有产品数", "products held"),
        "products_closed_90": Feature(_N, 1, "近90天销户产品数", "products closed in 90 days"),
        "product_last_close_date": Feature(_T, 0, "最近一次销户日", "last product closed"),
        "maturing_30": Feature(_A, 0, "未来30天到期金额", "falling due within 30 days"),
        "unrenewed_30": Feature(_A, 0, "近30天到期未续金额", "fallen due in 30 days and not renewed"),
        "unrenewed_share": Feature(_R, 1, "到期未续占资产比例", "fallen due and not renewed, of usual assets"),
        "unrenewed_date": Feature(_T, 0, "到期未续日", "day of falling due without renewal"),
        "loan_now": Feature(_A, -1, "当前贷款余额", "loans now"),
        "loan_ended_90": Feature(_F, 1, "近90天贷款结清", "loans repaid wholly in 90 days"),
        # Online.
        "sign_ins_30": Feature(_N, -1, "近30天登录次数", "sign-ins of 30 days"),
        "sign_in_fall": Feature(_R, 1, "近30天登录较此前下降", "fall of sign-ins in 30 days"),
        "online_seconds_fall": Feature(_R, 1, "近30天在线时长较此前下降", "fall of time online in 30 days"),
        "sign_in_last_date": Feature(_T, 0, "最近一次登录日", "last sign-in"),
        # Contacts.
        "contact_days": Feature(_D, 1, "距上次联系天数", "days since the last contact"),
        "contacts_90": Feature(_N, 0, "近90天联系次数", "contacts of 90 days"),
        "contact_cycle_days": Feature(_D, 0, "应联系周期天数", "days within which a contact is due"),
        "contact_overdue_days": Feature(_D, 1, "超出联系周期天数", "days beyond the contact cycle"),
        "contact_last_date": Feature(_T, 0, "最近一次联系日", "last contact"),
        "people_known": Feature(_N, -1, "认识的本行人员数", "people of the bank known"),
        "top_person_share": Feature(_R, 1, "最集中人员联系占比", "share of contacts held by one person"),
        # Complaints, needs and surveys.
        "complaints_open": Feature(_N, 1, "未结投诉数", "open complaints"),
        "complaint_overdue_days": Feature(_D, 1, "投诉逾期未答复天数", "days for which an answer to a complaint is overdue"),
        "complaint_severity": Feature(_N, 1, "投诉严重程度", "severity of complaints"),
        "complaint_days": Feature(_D, -1, "距最近投诉天数", "days since the last complaint"),
        "complaint_date": Feature(_T, 0, "最近投诉日", "last complaint"),
        "needs_open": Feature(_N, 0, "未满足需求数", "open needs"),
        "survey_low_days": Feature(_D, -1, "距最近低分评价天数", "days since the last low answer to a survey"),
        "survey_low_date": Feature(_T, 0, "最近低分评价日", "last low answer to a survey"),
        # Whoever leads it.
        "lead_changes_180": Feature(_N, 1, "近180天更换客户经理次数", "changes of relationship manager in 180 days"),
        "lead_change_days": Feature(_D, -1, "距更换客户经理天数", "days since the relationship manager changed"),
        "lead_change_date": Feature(_T, 0, "更换客户经理日", "change of relationship manager"),
        "lead_left_days": Feature(_D, -1, "距客户经理离职天数", "days since the relationship manager left"),
        "lead_left_date": Feature(_T, 0, "客户经理离职日", "relationship manager's leaving"),
        # Rates.
        "rate_gap_e8": Feature(_E8, 1, "利率低于可得利率", "rate below what could be had"),
        "rate_gap_since_date": Feature(_T, 0, "利差起始日", "since when the rate is below"),
    }
)

# What a model learns from unless told otherwise.
MODEL_FEATURES: tuple[str, ...] = tuple(
    name for name, feature in FEATURES.items() if feature.risk or feature.kind is FeatureKind.CATEGORY
)
