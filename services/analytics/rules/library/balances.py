"""Signs in balances: a fall against the customer's own baseline, never the level."""

# ruff: noqa: RUF001 - Chinese punctuation

from __future__ import annotations

from services.analytics.rules.library.segments import CORPORATE, INSTITUTION, PREMIER, PRIVATE, PUBLIC, RETAIL, of, of_all
from services.analytics.rules.signals import SignalRule

BALANCES = (
    SignalRule(
        code="BALANCE_FALL",
        version=1,
        chinese="资产低于自身基线",
        english="Assets below own baseline",
        # Without a year before there is no season to compare with: then the fall alone counts.
        condition="fall_30 >= :fall_min AND assets_before >= :assets_min AND (fall_season IS NULL OR fall_season >= :season_min)",
        serious="fall_30 >= :fall_serious",
        severe="fall_30 >= :fall_severe",
        thresholds=(
            of_all(fall_min="0.3", fall_serious="0.5", fall_severe="0.75", season_min="0.2", assets_min="10000"),
            # What companies hold swings with their business.
            of(CORPORATE, fall_min="0.45", fall_serious="0.65", fall_severe="0.85", season_min="0.3", assets_min="200000"),
            of(INSTITUTION, fall_min="0.5", fall_serious="0.7", fall_severe="0.9", season_min="0.35", assets_min="1000000"),
            of(PUBLIC, fall_min="0.5", fall_serious="0.7", fall_severe="0.9", season_min="0.35", assets_min="200000"),
            of(RETAIL, PREMIER, fall_min="0.25", assets_min="100000"),
            of(RETAIL, PRIVATE, fall_min="0.2", fall_serious="0.4", fall_severe="0.6", assets_min="500000"),
        ),
        onset_feature="fall_onset_date",
        evidence_features=("fall_30", "fall_season", "assets_30", "assets_before"),
        chinese_words="近30天日均资产{assets_30}，比自身基线（{assets_before}）低{fall_30}，与去年同期相比{fall_season}",
        english_words=(
            "Average assets of the last 30 days are {assets_30}, {fall_30} below the own baseline ({assets_before}); "
            "against the same season a year before {fall_season}"
        ),
        chinese_advice="致电了解资金去向，准备同期限的替代方案",
        english_advice="Call and ask where the money is needed; have an offer of the same term ready",
    ),
    SignalRule(
        code="BALANCE_DROP",
        version=1,
        chinese="一周内资产骤降",
        english="Sudden drop within a week",
        condition="fall_7 >= :fall_min AND assets_30 - assets_7 >= :amount_min",
        serious="fall_7 >= :fall_serious",
        severe="fall_7 >= :fall_severe",
        thresholds=(
            of_all(fall_min="0.4", fall_serious="0.6", fall_severe="0.8", amount_min="10000"),
            of(CORPORATE, fall_min="0.6", fall_serious="0.75", fall_severe="0.9", amount_min="200000"),
            of(INSTITUTION, fall_min="0.7", fall_serious="0.8", fall_severe="0.95", amount_min="1000000"),
            of(PUBLIC, fall_min="0.7", fall_serious="0.8", fall_severe="0.95", amount_min="200000"),
            of(RETAIL, PRIVATE, fall_min="0.25", fall_serious="0.4", fall_severe="0.6", amount_min="500000"),
        ),
        evidence_features=("fall_7", "assets_7", "assets_30"),
        chinese_words="近7天日均资产{assets_7}，骤降{fall_7}（近30天日均{assets_30}）",
        english_words="Average assets of the last 7 days are {assets_7}, a drop of {fall_7} (30 days: {assets_30})",
        chinese_advice="两日内联系，确认是否一次性用款",
        english_advice="Call within two days; find out whether it was spent once",
    ),
    SignalRule(
        code="DRAWN_DOWN",
        version=1,
        chinese="大额支取后未回补",
        english="Drawn down and not restored",
        condition="draw_down >= :fall_min AND below_days >= :days_min AND assets_peak_90 >= :assets_min",
        serious="draw_down >= :fall_serious AND below_days >= :days_serious",
        severe="draw_down >= :fall_severe AND below_days >= :days_severe",
        thresholds=(
            of_all(
                fall_min="0.5", fall_serious="0.7", fall_severe="0.9", days_min="10", days_serious="15", days_severe="20",
                assets_min="20000",
            ),
            of(CORPORATE, fall_min="0.7", fall_serious="0.85", fall_severe="0.95", days_min="20", days_serious="30",
               days_severe="40", assets_min="500000"),
            of(INSTITUTION, fall_min="0.7", fall_serious="0.85", fall_severe="0.95", days_min="20", days_serious="30",
               days_severe="40", assets_min="1000000"),
            of(PUBLIC, fall_min="0.7", fall_serious="0.85", fall_severe="0.95", days_min="20", days_serious="30",
               days_severe="40", assets_min="500000"),
            of(RETAIL, PRIVATE, fall_min="0.35", fall_serious="0.5", fall_severe="0.7", assets_min="500000"),
        ),  # fmt: skip
        onset_feature="below_days",
        evidence_features=("draw_down", "below_days", "assets_peak_90", "assets_now"),
        chinese_words="比90天内最高点（{assets_peak_90}）低{draw_down}，现有{assets_now}，已{below_days}天未回补",
        english_words="{draw_down} below the peak of 90 days ({assets_peak_90}), now {assets_now}, not restored for {below_days} days",
        chinese_advice="约见客户，了解资金安排，提出回流方案",
        english_advice="Meet the customer; propose terms on which the money would come back",
    ),
    SignalRule(
        code="SLOW_DRAIN",
        version=1,
        chinese="资产持续流失",
        english="Slow drain over a quarter",
        condition="fall_90 >= :fall_min AND assets_before >= :assets_min AND assets_30 < assets_90",
        serious="fall_90 >= :fall_serious",
        severe="fall_90 >= :fall_severe",
        thresholds=(
            of_all(fall_min="0.25", fall_serious="0.4", fall_severe="0.6", assets_min="10000"),
            of(CORPORATE, fall_min="0.4", fall_serious="0.55", fall_severe="0.75", assets_min="200000"),
            of(INSTITUTION, fall_min="0.45", fall_serious="0.6", fall_severe="0.8", assets_min="1000000"),
            of(PUBLIC, fall_min="0.45", fall_serious="0.6", fall_severe="0.8", assets_min="200000"),
            of(RETAIL, PRIVATE, fall_min="0.15", fall_serious="0.3", fall_severe="0.5", assets_min="500000"),
        ),
        evidence_features=("fall_90", "assets_90", "assets_before", "assets_30"),
        chinese_words="近90天日均{assets_90}，比此前90天（{assets_before}）低{fall_90}，且仍在下降",
        english_words="Average of 90 days {assets_90}, {fall_90} below the 90 days before ({assets_before}), and still falling",
        chinese_advice="检视产品结构，安排一次全面面访",
        english_advice="Review what the customer holds; arrange a thorough visit",
    ),
)
