"""Exports of Chinese banks as customers get them: a feed's TOML describes them, without code."""

from __future__ import annotations

import pytest

from services.integration.model.feed_run import RunState

BOCOM = """
[feed]
name = "bocom.transactions"
title = "交通银行借记卡"
dataset = "transactions"
source_system = "bocom"
[format]
kind = "delimited"
quote = '"'
[date]
source = "column"
column = "交易日期"
[columns]
transaction_number = { from = ["交易日期", "交易时间", "序号"] }
account_number = { value = "62220000" }
currency_code = { value = "CNY" }
amount_minor_units = { from = "交易金额", sign_column = "借贷", negative = ["借 Dr"] }
balance_after_minor_units = { from = "余额" }
kind = { value = "OTHER" }
summary = { from = "交易类型" }
counterparty_account_number = { from = "对方账号" }
counterparty_name = { from = "对方户名" }
"""

ABC = """
[feed]
name = "abc.transactions"
title = "农业银行借记卡"
dataset = "transactions"
source_system = "abc"
[format]
kind = "delimited"
[date]
source = "column"
column = "交易日期"
format = "%Y%m%d"
[columns]
transaction_number = { from = ["交易日期", "日 志 号", "交易摘要"] }
account_number = { value = "62280000" }
currency_code = { value = "CNY" }
amount_minor_units = { from = "交易金额" }
balance_after_minor_units = { from = "本次余额" }
kind = { value = "OTHER" }
summary = { from = "交易摘要" }
counterparty_name = { from = "对手信息", empty = ["--"] }
[checks]
bad_rows_share_max = 0.5
"""

SECURITIES = """
[feed]
name = "htsec.transactions"
title = "海通证券"
dataset = "transactions"
source_system = "htsec"
[format]
kind = "xlsx"
[date]
source = "column"
column = "成交日期"
format = "%Y%m%d"
[columns]
transaction_number = { from = ["成交日期", "成交时间", "证券代码", "发生金额"] }
account_number = { from = "资金账号" }
currency_code = { value = "CNY" }
amount_minor_units = { from = "发生金额", excess_digits = "round" }
kind = { value = "OTHER" }
summary = { from = "操作" }
[checks]
bad_rows_share_max = 0.5
"""


@pytest.mark.parametrize(
    ("toml", "sample", "encoding", "amounts"),
    [
        (BOCOM, "bocom_debit__example-bocom_debit-records.csv", "utf-8", [123, -321, 2, 1000, -1000, -10079]),
        (BOCOM, "bocom_debit__example-bocom_debit-records.csv", "gb18030", [123, -321, 2, 1000, -1000, -10079]),
        (ABC, "abc_debit__example-abc_debit-records.csv", "utf-8", [1000000, -1000, 1, 0]),
        (SECURITIES, "htsec__example-htsec-records.xlsx", "", None),
    ],
)
def test_an_export_is_described_by_its_feed(feeds, shared_data, toml, sample, encoding, amounts):
    content = (shared_data / "cn_bank_statements/deb-sig_double-entry-generator" / sample).read_bytes()
    if encoding == "gb18030":
        content, toml = content.decode().encode(encoding), toml.replace("[format]", '[format]\nencoding = "gb18030"')
    name = feeds.define(toml).name
    run = feeds.run(name, content)
    assert run.state == RunState.PUBLISHED, (run.reason, run.faults)
    found = [amount for (amount,) in feeds.rows(name, "amount_minor_units")]
    if amounts is not None:
        assert sorted(found) == sorted(amounts)
    assert len(found) >= 4
