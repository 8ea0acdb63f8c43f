"""Signs in flows: salary, settlement and inflows stop, money goes to own accounts at other banks, sign-ins fade."""

from __future__ import annotations

from services.analytics.rules.signals import SignalRule
from services.analytics.rules.supplied_rules.segments import (
    CORPORATE,
    INSTITUTION,
    PRIVATE,
    PUBLIC,
    RETAIL,
    of,
    of_all,
    without,
)

FLOWS = (
    SignalRule(
        code="SALARY_STOPPED",
        version=1,
        chinese="代发工资中断",
        english="Salary stopped",
        # What stopped long ago is known, and warns of nothing any more.
        condition="salary_overdue_days BETWEEN :days_min AND :days_max",
        serious="salary_overdue_days >= :days_serious",
        severe="salary_overdue_days >= :days_severe",
        thresholds=(of_all(left_out=True, days_min="15", days_serious="35", days_severe="60", days_max="120"), of(RETAIL)),
        onset_feature="salary_overdue_days",
        evidence_features=("salary_overdue_days", "salary_last_date"),
        chinese_words="工资已逾期{salary_overdue_days}天未入账（上次{salary_last_date}）",
        english_words="Salary is {salary_overdue_days} days overdue (last on {salary_last_date})",
        chinese_advice="询问是否换工作或改了工资卡，介绍代发权益",
        english_advice="Ask whether he changed the employer or the salary account; show what comes with salary here",
    ),
    SignalRule(
        code="SETTLEMENT_STOPPED",
        version=1,
        chinese="结算流量下降",
        english="Settlement flow falls",
        condition="settlement_fall >= :fall_min",
        serious="settlement_fall >= :fall_serious AND fall_30 >= :assets_fall_serious",
        severe="settlement_fall >= :fall_severe AND fall_30 >= :assets_fall_severe",
        thresholds=(
            of_all(
                fall_min="0.7",
                fall_serious="0.8",
                fall_severe="0.95",
                assets_fall_serious="0.1",
                assets_fall_severe="0.3",
            ),
            without(RETAIL),
        ),
        onset_feature="settlement_last_date",
        evidence_features=("settlement_fall", "settlement_last_date", "inflow_30"),
        chinese_words="结算回款下降{settlement_fall}，最近一笔{settlement_last_date}",
        english_words="Settlement inflow fell by {settlement_fall}, last on {settlement_last_date}",
        chinese_advice="拜访财务负责人，了解结算是否迁往他行",
        english_advice="Visit the finance manager; find out whether settlement moves to another bank",
    ),
    SignalRule(
        code="INFLOW_FALL",
        version=1,
        chinese="资金流入减少",
        english="Less comes in",
        # Inflows come in lumps: they count once the balance follows.
        condition="inflow_fall >= :fall_min AND inflow_90 >= :amount_min AND fall_30 >= :assets_fall_min",
        serious="inflow_fall >= :fall_serious AND fall_30 >= :assets_fall_serious",
        thresholds=(
            of_all(fall_min="0.6", fall_serious="0.8", assets_fall_min="0.1", assets_fall_serious="0.3", amount_min="10000"),
            of(CORPORATE, fall_min="0.7", fall_serious="0.85", amount_min="500000"),
            of(INSTITUTION, fall_min="0.8", fall_serious="0.9", amount_min="1000000"),
            of(PUBLIC, fall_min="0.8", fall_serious="0.9", amount_min="500000"),
        ),
        evidence_features=("inflow_fall", "inflow_30", "inflow_90"),
        chinese_words="资金流入下降{inflow_fall}：近30天{inflow_30}，近90天{inflow_90}",
        english_words="Inflow fell by {inflow_fall}: {inflow_30} in 30 days, {inflow_90} in 90",
        chinese_advice="了解收款账户是否变更",
        english_advice="Find out whether money is received elsewhere now",
    ),
    SignalRule(
        code="OWN_TRANSFERS",
        version=1,
        chinese="转往他行本人账户",
        english="Transfers to own accounts elsewhere",
        condition="own_transfer_share >= :share_min AND own_transfer_30 >= :amount_min",
        serious="own_transfer_share >= :share_serious",
        severe="own_transfer_share >= :share_severe",
        thresholds=(
            of_all(share_min="0.2", share_serious="0.4", share_severe="0.7", amount_min="10000"),
            of(CORPORATE, share_min="0.3", share_serious="0.5", share_severe="0.8", amount_min="200000"),
            of(INSTITUTION, share_min="0.4", share_serious="0.6", share_severe="0.8", amount_min="1000000"),
            of(RETAIL, PRIVATE, share_min="0.1", share_serious="0.25", share_severe="0.5", amount_min="200000"),
        ),
        onset_feature="own_transfer_last_date",
        evidence_features=("own_transfer_30", "own_transfer_share", "own_transfer_last_date"),
        chinese_words="近30天向他行本人账户转出{own_transfer_30}，占资产的{own_transfer_share}（最近{own_transfer_last_date}）",
        english_words=(
            "{own_transfer_30} went to own accounts at other banks in 30 days, {own_transfer_share} of assets "
            "(last on {own_transfer_last_date})"
        ),
        chinese_advice="了解他行产品与利率，提出可比方案",
        english_advice="Find out which rate or product he found elsewhere; make a comparable offer",
    ),
    SignalRule(
        code="SIGN_INS_FADING",
        version=1,
        chinese="电子银行使用减少",
        english="Sign-ins fading",
        # Whoever signs in seldom does so by chance a month long: it counts once the balance follows.
        condition="sign_in_fall >= :fall_min AND fall_30 >= :assets_fall_min",
        serious="sign_in_fall >= :fall_serious AND fall_30 >= :assets_fall_serious",
        severe="sign_in_fall >= :fall_severe AND fall_30 >= :assets_fall_severe",
        thresholds=(
            of_all(
                fall_min="0.75",
                fall_serious="0.8",
                fall_severe="0.9",
                assets_fall_min="0.05",
                assets_fall_serious="0.1",
                assets_fall_severe="0.3",
            ),
            of(CORPORATE, fall_min="0.85", fall_serious="0.9", fall_severe="0.95"),
        ),
        onset_feature="sign_in_last_date",
        evidence_features=("sign_in_fall", "sign_ins_30", "sign_in_last_date", "online_seconds_fall"),
        chinese_words="电子银行登录下降{sign_in_fall}（近30天{sign_ins_30}次，最近{sign_in_last_date}）",
        english_words="Sign-ins fell by {sign_in_fall} ({sign_ins_30} in 30 days, last on {sign_in_last_date})",
        chinese_advice="电话关怀，确认使用是否遇到困难",
        english_advice="Call; ask whether something about online banking is in the way",
    ),
)
