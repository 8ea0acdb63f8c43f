"""The canonical datasets: what each row is, its columns with their units, and its keys.

One table for whoever writes and whoever reads. Money is a whole number of minor units beside the column of its currency; a rate
is a whole number of hundred-millionths (`_e8`: 345 basis points are 3_450_000), so that sums are exact in every engine; a
business date is a plain date, a time UTC. Keys are the bank's own numbers, together with the source system that gave them: the
column `source_system`, which every dataset has beside the ones here, as it has `business_date`. A dataset with personal data is
sealed at rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    """What a column holds."""

    TEXT = "text"
    # One of the column's codes.
    CODE = "code"
    DATE = "date"
    # Minor units of the currency in the column that `currency` names.
    MONEY = "money"
    # Hundred-millionths.
    RATE = "rate"
    INTEGER = "integer"
    TIME = "time"
    FLAG = "flag"

    @property
    def engine_type(self) -> str:
        """The type's name in DuckDB."""
        return _ENGINE_TYPES[self]


_ENGINE_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.CODE: "VARCHAR",
    Type.DATE: "DATE",
    Type.MONEY: "BIGINT",
    Type.RATE: "BIGINT",
    Type.INTEGER: "BIGINT",
    Type.TIME: "TIMESTAMP",
    Type.FLAG: "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset."""

    name: str
    type: Type = Type.TEXT
    required: bool = False
    # Of a CODE: what it may be.
    codes: tuple[str, ...] = ()
    # Of MONEY: the column that holds its currency.
    currency: str = "currency_code"
    # Says something of a person, identifies or reaches one.
    personal: bool = False
    # The dataset whose key the value is, by its one key column.
    refers_to: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """One canonical dataset."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    # A snapshot holds all rows as they stand at the end of the business date; otherwise it holds the rows of that date alone.
    snapshot: bool = True

    @property
    def personal(self) -> bool:
        """Whether it is sealed at rest."""
        return any(column.personal for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


def _text(name: str, description: str, *, required: bool = False, personal: bool = False, refers_to: str = "") -> Column:
    return Column(name, required=required, personal=personal, refers_to=refers_to, description=description)


def _code(name: str, codes: str, description: str, *, required: bool = False) -> Column:
    return Column(name, Type.CODE, required=required, codes=tuple(codes.split()), description=description)


def _money(name: str, description: str, *, required: bool = False, currency: str = "currency_code") -> Column:
    return Column(f"{name}_minor_units", Type.MONEY, required=required, currency=currency, description=description)


def _date(name: str, description: str, *, required: bool = False) -> Column:
    return Column(f"{name}_date", Type.DATE, required=required, description=description)


def _rate(name: str, description: str, *, required: bool = False) -> Column:
    return Column(f"{name}_e8", Type.RATE, required=required, description=description)


def _currency(name: str = "currency_code", *, required: bool = True) -> Column:
    return _text(name, "ISO 4217, such as CNY.", required=required)


_UNIT = _text("unit_number", "The organisation unit 机构.", required=True, refers_to="org_units")
_ACCOUNT = _text("account_number", "The account.", required=True, refers_to="accounts")
_CUSTOMER = _text("customer_number", "The customer.", required=True, refers_to="customers")
_PRODUCT = _text("product_code", "The product.")

_SCHEMAS = (
    Schema(
        "org_units",
        "Organisation units 机构, from human resources.",
        ("unit_number",),
        (
            _text("unit_number", "The bank's number of the unit.", required=True),
            _text("parent_unit_number", "The unit above; empty for the head office.", refers_to="org_units"),
            _code("kind", "HEAD_OFFICE BRANCH SUB_BRANCH OUTLET DEPARTMENT", "总行, 分行, 支行, 网点, 部门.", required=True),
            _text("display_name", "Its name.", required=True),
        ),
    ),
    Schema(
        "employees",
        "People 人员 and their posts, from human resources.",
        ("staff_number",),
        (
            _text("staff_number", "The bank's number of the person 工号.", required=True),
            _text("display_name", "The name.", required=True, personal=True),
            _UNIT,
            _text("post_code", "The bank's code of the post 岗位."),
            _text("post_name", "The post's name."),
            _text("phone", "A telephone.", personal=True),
            _text("email", "An address for electronic mail.", personal=True),
            _code("state", "ACTIVE ON_LEAVE LEFT", "Whether the person works.", required=True),
            _date("hire", "The first day."),
            _date("leave", "The last day, of whoever left."),
        ),
    ),
    Schema(
        "customers",
        "Customers as core banking has them.",
        ("customer_number",),
        (
            _text("customer_number", "The bank's number of the customer.", required=True),
            _code("kind", "RETAIL CORPORATE FINANCIAL_INSTITUTION PUBLIC_SECTOR", "对私, 对公, 同业, 机构.", required=True),
            _text("display_name", "The name.", required=True, personal=True),
            _code(
                "identifier_kind",
                "RESIDENT_ID UNIFIED_SOCIAL_CREDIT_CODE PASSPORT HOME_RETURN_PERMIT TAIWAN_PERMIT FOREIGN_PERMANENT_RESIDENT "
                "OTHER",
                "What the identifier is.",
            ),
            _text("identifier", "The number of an identity document, or the unified social credit code.", personal=True),
            _text("phone", "A telephone.", personal=True),
            _text("address", "An address.", personal=True),
            _date("birth_or_founding", "Birth of a person, founding of an organisation."),
            _text("industry_code", "GB/T 4754, of an organisation."),
            _date("open", "Since when it is a customer."),
            _UNIT,
            _text("manager_staff_number", "The relationship manager whom the core system names.", refers_to="employees"),
            _code("state", "ACTIVE CLOSED", "Whether it is a customer.", required=True),
        ),
    ),
    Schema(
        "accounts",
        "Accounts, loans, cards and facilities, as they stand.",
        ("account_number",),
        (
            _text("account_number", "The bank's number of the account, contract or card; no card's full number.", required=True),
            _CUSTOMER,
            _code(
                "kind",
                "DEMAND_DEPOSIT TERM_DEPOSIT SAVINGS MARGIN_DEPOSIT WEALTH_PRODUCT LOAN CARD FACILITY GUARANTEE",
                "活期, 定期, 储蓄, 保证金, 理财, 贷款, 银行卡, 授信, 保函.",
                required=True,
            ),
            _PRODUCT,
            _text("product_name", "Its name."),
            _currency(),
            _UNIT,
            _date("open", "Since when.", required=True),
            _date("maturity", "When it falls due."),
            _date("close", "When it was closed."),
            _code("state", "ACTIVE DORMANT FROZEN CLOSED OVERDUE SETTLED UNPAID", "How it stands.", required=True),
            _money("principal", "What was lent or deposited at first, or the limit of a card or facility."),
            _rate("interest_rate", "The customer's rate for a year."),
            _text("parent_account_number", "The account that a card draws on, or the facility that a loan uses."),
        ),
    ),
    Schema(
        "account_holders",
        "Who may dispose of an account.",
        ("account_number", "customer_number"),
        (
            _ACCOUNT,
            _CUSTOMER,
            _code("role", "OWNER JOINT_OWNER AUTHORISED_USER", "户主, 共有人, 授权人.", required=True),
            _text("disposition_number", "The bank's number of the authority."),
        ),
    ),
    Schema(
        "balances",
        "Closing balances of a business date; a liability of the customer's, such as a loan, is positive too.",
        ("account_number", "currency_code"),
        (
            _ACCOUNT,
            _currency(),
            _money("balance", "The closing balance.", required=True),
            _money("available", "What can be drawn."),
            _PRODUCT,
            Column("unit_number", refers_to="org_units", description="The organisation unit 机构 that keeps it."),
            _rate("interest_rate", "The customer's rate for a year, on that day."),
        ),
    ),
    Schema(
        "transactions",
        "Movements booked on a business date.",
        ("transaction_number",),
        (
            _text("transaction_number", "The bank's number of the movement.", required=True),
            _ACCOUNT,
            _currency(),
            _money("amount", "What was moved: positive into the account, negative out of it.", required=True),
            _money("balance_after", "The account's balance after it, where the source states it."),
            _code(
                "kind",
                "CASH_DEPOSIT CASH_WITHDRAWAL TRANSFER_IN TRANSFER_OUT CARD_PAYMENT CARD_WITHDRAWAL SALARY INTEREST FEE "
                "LOAN_DRAWDOWN LOAN_PAYMENT STANDING_ORDER BILL OTHER",
                "What it is.",
                required=True,
            ),
            _code("channel", "COUNTER ONLINE MOBILE ATM POS BATCH OTHER", "Where it was made."),
            _date("value", "From when it bears interest."),
            _text("summary", "What the source says of it 摘要.", personal=True),
            _text("counterparty_account_number", "The other side's account.", personal=True),
            _text("counterparty_name", "The other side.", personal=True),
            _text("counterparty_bank", "The other side's bank."),
            _text("reference", "A reference of the message or voucher."),
        ),
        snapshot=False,
    ),
    Schema(
        "standing_orders",
        "Standing orders 定期转账.",
        ("order_number",),
        (
            _text("order_number", "The bank's number of the order.", required=True),
            _ACCOUNT,
            _currency(),
            _money("amount", "What each payment is.", required=True),
            _text("purpose", "What it pays for."),
            _text("counterparty_account_number", "Whom it pays.", personal=True),
            _text("counterparty_bank", "At which bank."),
            _code("state", "ACTIVE CANCELLED", "Whether it is carried out.", required=True),
        ),
    ),
    Schema(
        "interest_rates",
        "Rates that the bank lists.",
        ("product_code", "currency_code", "tenor_days"),
        (
            _text("product_code", "The product.", required=True),
            _currency(),
            Column("tenor_days", Type.INTEGER, required=True, description="For how long; 0 for demand."),
            _rate("interest_rate", "For a year.", required=True),
        ),
    ),
    Schema(
        "gl_balances",
        "General ledger balances 总账余额 of a business date.",
        ("unit_number", "subject_code", "currency_code"),
        (
            _UNIT,
            _text("subject_code", "The ledger's subject 科目.", required=True),
            _text("subject_name", "Its name."),
            _currency(),
            _money("debit", "The balance in debit.", required=True),
            _money("credit", "The balance in credit.", required=True),
        ),
    ),
    Schema(
        "gl_postings",
        "General ledger postings 分录 of a business date.",
        ("posting_number",),
        (
            _text("posting_number", "The bank's number of the posting.", required=True),
            _text("voucher_number", "The voucher 传票 whose postings balance."),
            _UNIT,
            _text("subject_code", "The ledger's subject 科目.", required=True),
            _currency(),
            _money("debit", "What is debited.", required=True),
            _money("credit", "What is credited.", required=True),
            _text("summary", "What it is for."),
        ),
        snapshot=False,
    ),
    Schema(
        "bills",
        "Acceptances and commercial bills 票据.",
        ("bill_number",),
        (
            _text("bill_number", "The bill's number.", required=True),
            _CUSTOMER,
            _code("kind", "BANK_ACCEPTANCE COMMERCIAL_ACCEPTANCE", "银承, 商承.", required=True),
            _currency(),
            _money("face", "The amount on its face.", required=True),
            _text("drawer_name", "Who drew it.", personal=True),
            _text("acceptor_name", "Who accepted it.", personal=True),
            _rate("discount_rate", "At which it was discounted, for a year."),
            _date("issue", "When it was drawn.", required=True),
            _date("maturity", "When it falls due.", required=True),
            _code("state", "ISSUED DISCOUNTED PAID DISHONOURED", "How it stands.", required=True),
            _UNIT,
        ),
    ),
    Schema(
        "factoring",
        "Receivables financed 保理.",
        ("contract_number",),
        (
            _text("contract_number", "The contract.", required=True),
            _CUSTOMER,
            _text("buyer_name", "Who owes the receivable.", personal=True),
            _currency(),
            _money("receivable", "What is owed.", required=True),
            _money("financed", "What the bank has paid.", required=True),
            Column("recourse", Type.FLAG, required=True, description="With recourse to the seller."),
            _date("open", "Since when.", required=True),
            _date("maturity", "When it falls due.", required=True),
            _code("state", "ACTIVE SETTLED OVERDUE", "How it stands.", required=True),
            _UNIT,
        ),
    ),
    Schema(
        "trade_finance",
        "Letters of credit, guarantees, collections and remittances 国际结算.",
        ("reference",),
        (
            _text("reference", "The bank's reference.", required=True),
            Column("customer_number", refers_to="customers", description="The customer, where the source knows it."),
            _code(
                "kind",
                "IMPORT_LETTER_OF_CREDIT EXPORT_LETTER_OF_CREDIT GUARANTEE IMPORT_COLLECTION EXPORT_COLLECTION REMITTANCE OTHER",
                "What it is.",
                required=True,
            ),
            _currency(required=False),
            _money("amount", "For how much."),
            _text("applicant_name", "Who asks for it.", personal=True),
            _text("beneficiary_name", "In whose favour.", personal=True),
            _date("issue", "When it was opened."),
            _date("expiry", "Until when it holds."),
            _code("state", "ISSUED AMENDED ADVISED DRAWN PAID CLOSED OTHER", "How it stands.", required=True),
            _text("message_type", "The message that told of it, such as MT720."),
        ),
    ),
    Schema(
        "payment_messages",
        "Payment orders and advices as messages carry them.",
        ("message_reference", "item_reference"),
        (
            _text("message_reference", "The message's reference.", required=True),
            _text("item_reference", "The payment's reference inside the message.", required=True),
            _text("message_type", "Such as MT103, pacs.008 or hvps.111.", required=True),
            _currency(required=False),
            _money("amount", "How much."),
            _date("value", "When it takes effect."),
            _text("debtor_name", "Who pays.", personal=True),
            _text("debtor_account_number", "From which account.", personal=True),
            _text("debtor_bank", "At which bank."),
            _text("creditor_name", "Who is paid.", personal=True),
            _text("creditor_account_number", "To which account.", personal=True),
            _text("creditor_bank", "At which bank."),
            _text("summary", "What it is for.", personal=True),
        ),
        snapshot=False,
    ),
    Schema(
        "ebanking_events",
        "What customers did online.",
        ("event_number",),
        (
            _text("event_number", "The bank's number of the event.", required=True),
            _CUSTOMER,
            _code("kind", "SIGN_IN TRANSFER INQUIRY PURCHASE OTHER", "What it was.", required=True),
            _code("channel", "ONLINE MOBILE OTHER", "Where."),
            Column("event_time", Type.TIME, required=True, description="When."),
            Column("duration_seconds", Type.INTEGER, description="How long the session was."),
        ),
        snapshot=False,
    ),
    Schema(
        "risk_ratings",
        "Ratings of customers.",
        ("customer_number",),
        (
            _CUSTOMER,
            _text("rating", "The grade.", required=True),
            _rate("probability_of_default", "PD."),
            _rate("loss_given_default", "LGD."),
            _currency(required=False),
            _money("exposure_at_default", "EAD."),
        ),
    ),
    Schema(
        "loan_classes",
        "Five-category classes 五级分类 of loans.",
        ("account_number",),
        (
            _ACCOUNT,
            _code("class", "NORMAL SPECIAL_MENTION SUBSTANDARD DOUBTFUL LOSS", "正常, 关注, 次级, 可疑, 损失.", required=True),
            Column("overdue_days", Type.INTEGER, required=True, description="Days overdue."),
            _currency(required=False),
            _money("overdue", "What is overdue."),
        ),
    ),
    Schema(
        "fees",
        "Fees earned 中间业务收入.",
        ("fee_number",),
        (
            _text("fee_number", "The bank's number of the fee.", required=True),
            _CUSTOMER,
            _PRODUCT,
            _currency(),
            _money("amount", "What was charged.", required=True),
            _money("after_tax", "What is left of it in cash after tax."),
            _UNIT,
        ),
        snapshot=False,
    ),
    Schema(
        "ftp_curve",
        "Internal prices of funds 内部资金转移价格.",
        ("currency_code", "tenor_days"),
        (
            _currency(),
            Column("tenor_days", Type.INTEGER, required=True, description="For how long."),
            _rate("ftp_rate", "For a year.", required=True),
        ),
    ),
    Schema(
        "fx_rates",
        "Rates of exchange as they stood at the day's end.",
        ("currency_code", "quote_currency_code"),
        (
            _currency(),
            _currency("quote_currency_code"),
            _rate("exchange_rate", "How many of the quote currency one is.", required=True),
        ),
    ),
    Schema(
        "policies",
        "Documents that staff should know 制度文件.",
        ("document_number",),
        (
            _text("document_number", "The document's number.", required=True),
            _text("title", "What it is called.", required=True),
            _text("audience", "For whom."),
            _date("effective", "From when it holds.", required=True),
            _date("expiry", "Until when it holds."),
            _text("location", "Where it is read."),
        ),
    ),
)

SCHEMAS: Mapping[str, Schema] = {schema.name: schema for schema in _SCHEMAS}
