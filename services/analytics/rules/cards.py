"""What a model's card warns of, in words: for what it is not good, and what its own measures say against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# With fewer an interval is wide whatever it says.
LEAVERS_FEW = 100
AUC_LOW = 0.65
CALIBRATION_ERROR_HIGH = 0.05
PART_ROWS_MIN = 200

Words = tuple[str, str]


def limits(card: Mapping[str, Any]) -> list[Words]:
    """Chinese and English: what always holds, then what this card gives cause for."""
    leaving, data = card["leaving"], card["data"]
    days, per_cent = leaving["horizon_days"], f"{100 * (1 - leaving['kept_fraction']):.0f}"
    first, last = data["as_of_dates"][0], data["last_outcome_date"]
    told = [
        (
            f"概率只针对今后{days}天内资产下降{per_cent}%及以上, 或代发、结算流失; 不说明客户为何离开, 也不说明联系是否有用。",
            (
                f"Probabilities are of losing {per_cent} % of assets or more, or salary or settlement flow, within {days} days; "
                "they do not say why a customer leaves, nor whether a call helps."
            ),
        ),
        (
            "模型用于安排联系的先后, 不得用于对客户定价、授信或拒绝服务。",
            "It is for the order in which customers are called, never for prices, credit or refusing service.",
        ),
        (
            f"只从{first}至{last}的历史学到规律, 此后业务或市场的变化它不知道。",
            f"It knows the time from {first} to {last} only, and nothing of what changed since.",
        ),
    ]
    return told + _own(card)


def _own(card: Mapping[str, Any]) -> list[Words]:
    tests, told = card["tests"], []
    auc = card["measures"][card["kind"]]["auc"]["value"]
    error = card["measures"][card["kind"]]["calibration_error"]["value"]
    if tests["leavers"] < LEAVERS_FEW:
        told.append(
            (
                f"检验样本中流失客户只有{tests['leavers']}户, 指标误差较大, 请看区间。",
                f"Only {tests['leavers']} left in the tests: look at the intervals, not at the values.",
            )
        )
    if auc is not None and auc < AUC_LOW:
        told.append((f"区分能力弱 (AUC {auc:.2f}), 排序仅供参考。", f"It ranks weakly (AUC {auc:.2f})."))
    if error is not None and error > CALIBRATION_ERROR_HIGH:
        told.append(
            (
                f"检验期内概率平均偏差{100 * error:.1f}个百分点, 应看排序而非数值。",
                f"In the tests probabilities were off by {100 * error:.1f} points on average: trust the order, not the numbers.",
            )
        )
    for kind, gains in sorted(card["gains"].items()):
        if "auc" in gains and gains["auc"]["low"] <= 0:
            told.append(
                (
                    f"与简单基线 ({kind}) 相比, AUC没有可靠的提升。",
                    f"Against the simple baseline ({kind}) its AUC is not reliably better.",
                )
            )
    few = [part["customer_kind"] for part in card["by_kind"] if part["rows"] < PART_ROWS_MIN]
    if few:
        told.append(
            (
                f"有{len(few)}类客户的检验样本不足{PART_ROWS_MIN}户, 对这些客户尚未得到验证。",
                f"Of {len(few)} kinds of customers fewer than {PART_ROWS_MIN} were tested: of those nothing is proven.",
            )
        )
    if never := card["exclusions"]["features_never_known"]:
        told.append(
            (
                f"有{len(never)}个特征没有数据, 模型未使用。",
                f"Of {len(never)} features nothing is known here; it learned without them.",
            )
        )
    return told
