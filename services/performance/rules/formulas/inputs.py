"""What a formula may name: the inputs of each source dataset, with their kinds and how large they can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

# A rate is a whole number of hundred-millionths, as datasets have it.
RATE_SCALE = 8
RATE_ONE = 10**RATE_SCALE
# The largest balance or amount of one row, in minor units of the home currency: ten thousand milliard yuan.
AMOUNT_MAX = 10**15
# A century, in days.
DAYS_MAX = 36_600


class InputKind(IntEnum):
    """What an input is; the numbers are the contract's."""

    UNSPECIFIED = 0
    # Minor units of the home currency; whoever has a part of the row has the same part of it.
    AMOUNT = 1
    # For a year, in hundred-millionths: interest, the price of funds, a probability of default within a year.
    YEARLY_RATE = 2
    # Of something, in hundred-millionths: a loss given default, a share of an amount.
    RATE = 3
    # A whole number that is nobody's part: days.
    INTEGER = 4
    # How many: whoever has a part of the row has the same part of it.
    COUNT = 5
    TEXT = 6
    FLAG = 7
    # Of parameters alone: an amount for a year, such as a price of each account.
    YEARLY_AMOUNT = 8


@dataclass(frozen=True, slots=True)
class Input:
    """One input: a column that the engine supplies under this name."""

    name: str
    kind: InputKind
    chinese: str
    english: str
    # The bounds of what is computed with, in the column's own whole numbers: a row beyond them is an issue of the run.
    low: int = 0
    high: int = 0
    # Of a text: what it may be, where that is known.
    codes: tuple[str, ...] = ()
    # A row may lack it.
    nullable: bool = False

    @property
    def scale(self) -> int:
        """The power of ten of the column's whole numbers."""
        return RATE_SCALE if self.kind in (InputKind.YEARLY_RATE, InputKind.RATE) else 0


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset that products are measured on."""

    dataset: str
    chinese: str
    english: str
    # Its rows stand for each day (balances); otherwise each happens once, on its day.
    standing: bool
    inputs: Mapping[str, Input]
    # The kinds by which its rows are selected where no code of a product is: of balances, those of accounts.
    kinds: tuple[str, ...] = ()
    # Its rows have the code of a product.
    coded: bool = False


def _amount(name: str, chinese: str, english: str, *, nullable: bool = False) -> Input:
    return Input(name, InputKind.AMOUNT, chinese, english, -AMOUNT_MAX, AMOUNT_MAX, nullable=nullable)


def _yearly(name: str, chinese: str, english: str, *, nullable: bool = True) -> Input:
    return Input(name, InputKind.YEARLY_RATE, chinese, english, -RATE_ONE, RATE_ONE, nullable=nullable)


def _days(name: str, chinese: str, english: str, *, nullable: bool = True) -> Input:
    return Input(name, InputKind.INTEGER, chinese, english, -DAYS_MAX, DAYS_MAX, nullable=nullable)


def _text(name: str, chinese: str, english: str, codes: str = "", *, nullable: bool = False) -> Input:
    return Input(name, InputKind.TEXT, chinese, english, codes=tuple(codes.split()), nullable=nullable)


_CURRENCY = _text("currency_code", "币种", "currency")
_PRODUCT = _text("product_code", "产品代码", "product code", nullable=True)
_COUNT = Input("count", InputKind.COUNT, "笔数", "count", 0, 1)
_FTP = _yearly("ftp_rate", "资金转移价格", "price of funds")
_RISK = (
    Input("probability_of_default", InputKind.YEARLY_RATE, "违约概率", "probability of default", 0, RATE_ONE, nullable=True),
    Input("loss_given_default", InputKind.RATE, "违约损失率", "loss given default", 0, RATE_ONE, nullable=True),
    _text("rating", "评级", "rating", nullable=True),
)
_TENOR = (
    _days("tenor_days", "期限天数", "tenor in days"),
    _days("days_to_maturity", "剩余天数", "days to maturity"),
)
_ISSUED = _days("days_since_issue", "签发后天数", "days since issue")
_OPENED = _days("days_since_open", "开立后天数", "days since opening")

ACCOUNT_KINDS = (
    "DEMAND_DEPOSIT", "TERM_DEPOSIT", "SAVINGS", "MARGIN_DEPOSIT", "WEALTH_PRODUCT", "LOAN", "CARD", "FACILITY", "GUARANTEE",
)  # fmt: skip
_ACCOUNT_KIND = _text("account_kind", "账户类别", "kind of account", " ".join(ACCOUNT_KINDS), nullable=True)
_BILL_KINDS = ("BANK_ACCEPTANCE", "COMMERCIAL_ACCEPTANCE")
_TRADE_KINDS = (
    "IMPORT_LETTER_OF_CREDIT", "EXPORT_LETTER_OF_CREDIT", "GUARANTEE", "IMPORT_COLLECTION", "EXPORT_COLLECTION", "REMITTANCE",
    "OTHER",
)  # fmt: skip
_TRANSACTION_KINDS = (
    "CASH_DEPOSIT", "CASH_WITHDRAWAL", "TRANSFER_IN", "TRANSFER_OUT", "CARD_PAYMENT", "CARD_WITHDRAWAL", "SALARY", "INTEREST",
    "FEE", "LOAN_DRAWDOWN", "LOAN_PAYMENT", "STANDING_ORDER", "BILL", "OTHER",
)  # fmt: skip
_ONLINE_KINDS = ("SIGN_IN", "TRANSFER", "INQUIRY", "PURCHASE", "OTHER")


def _source(
    dataset: str,
    chinese: str,
    english: str,
    *inputs: Input,
    standing: bool = False,
    kinds: tuple[str, ...] = (),
    coded: bool = False,
) -> Source:
    return Source(dataset, chinese, english, standing, {each.name: each for each in inputs}, kinds, coded)


_SOURCES = (
    _source(
        "balances", "账户余额", "balances of accounts",
        _amount("balance", "余额", "balance"),
        _COUNT,
        _yearly("customer_rate", "客户利率", "customer's rate"),
        _FTP, *_RISK, *_TENOR, _OPENED,
        _days("overdue_days", "逾期天数", "days overdue"),
        _text("loan_class", "五级分类", "five-category class", "NORMAL SPECIAL_MENTION SUBSTANDARD DOUBTFUL LOSS", nullable=True),
        _text(
            "account_state", "账户状态", "state of the account", "ACTIVE DORMANT FROZEN CLOSED OVERDUE SETTLED UNPAID",
            nullable=True,
        ),
        _ACCOUNT_KIND, _PRODUCT, _CURRENCY,
        standing=True, kinds=ACCOUNT_KINDS, coded=True,
    ),
    _source(
        "bills", "票据", "bills",
        _amount("face", "票面金额", "face amount"),
        _COUNT,
        _yearly("discount_rate", "贴现利率", "discount rate"),
        _FTP, *_RISK, *_TENOR, _ISSUED,
        _text("kind", "票据类别", "kind of bill", " ".join(_BILL_KINDS)),
        _text("state", "票据状态", "state of the bill", "ISSUED DISCOUNTED PAID DISHONOURED"),
        _CURRENCY,
        standing=True, kinds=_BILL_KINDS,
    ),
    _source(
        "factoring", "保理", "receivables financed",
        _amount("receivable", "应收账款", "receivable"),
        _amount("financed", "融资余额", "amount financed"),
        _COUNT,
        _FTP, *_RISK, *_TENOR, _OPENED,
        Input("recourse", InputKind.FLAG, "有追索权", "with recourse"),
        _text("state", "保理状态", "state of the contract", "ACTIVE SETTLED OVERDUE"),
        _CURRENCY,
        standing=True,
    ),
    _source(
        "trade_finance", "国际结算", "trade finance",
        _amount("amount", "金额", "amount", nullable=True),
        _COUNT,
        *_RISK, _ISSUED,
        _days("days_to_expiry", "剩余有效天数", "days to expiry"),
        _text("kind", "业务类别", "kind of business", " ".join(_TRADE_KINDS)),
        _text("state", "业务状态", "state of the business", "ISSUED AMENDED ADVISED DRAWN PAID CLOSED OTHER"),
        _text("currency_code", "币种", "currency", nullable=True),
        standing=True, kinds=_TRADE_KINDS,
    ),
    _source(
        "fees", "中间业务收入", "fees",
        _amount("amount", "收费金额", "amount charged"),
        _amount("after_tax", "税后金额", "amount after tax", nullable=True),
        _COUNT, _PRODUCT, _CURRENCY,
        coded=True,
    ),
    _source(
        "transactions", "交易流水", "movements of accounts",
        _amount("amount", "发生额", "amount"),
        _COUNT,
        _text("kind", "交易类别", "kind of movement", " ".join(_TRANSACTION_KINDS)),
        _text("channel", "渠道", "channel", "COUNTER ONLINE MOBILE ATM POS BATCH OTHER", nullable=True),
        _ACCOUNT_KIND, _PRODUCT, _CURRENCY,
        kinds=_TRANSACTION_KINDS, coded=True,
    ),
    _source(
        "ebanking_events", "线上渠道", "what customers did online",
        _COUNT,
        _text("kind", "行为类别", "kind of act", " ".join(_ONLINE_KINDS)),
        _text("channel", "渠道", "channel", "ONLINE MOBILE OTHER", nullable=True),
        Input("duration_seconds", InputKind.INTEGER, "时长秒数", "seconds", 0, 10**6, nullable=True),
        kinds=_ONLINE_KINDS,
    ),
)  # fmt: skip

SOURCES: Mapping[str, Source] = {each.dataset: each for each in _SOURCES}

# By these a standing row says on which of its days something happens once.
ONCE_INPUTS = ("days_since_issue", "days_since_open")
