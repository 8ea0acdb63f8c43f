"""What the books take from the bank as it is: its customers, its people, and the names of others with whom money is exchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from deploy.demonstration.bank import Bank
from deploy.demonstration.customers import BankCustomer, Kind
from deploy.demonstration.draws import Draw
from deploy.demonstration.names import chinese_name, company_name
from deploy.demonstration.organisation import BRANCHES, Organisation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CUSTOMERS_AT_ONCE = 10_000
_CUSTOMER_COLUMNS = {
    "idx": "BIGINT", "customer_number": "VARCHAR", "kind": "VARCHAR", "tier": "BIGINT", "state": "VARCHAR",
    "unit_number": "VARCHAR", "manager_staff_number": "VARCHAR", "display_name": "VARCHAR", "identifier_kind": "VARCHAR",
    "identifier": "VARCHAR", "phone": "VARCHAR", "address": "VARCHAR", "birth_or_founding_date": "DATE",
    "industry_code": "VARCHAR",
}  # fmt: skip
_UNIT_COLUMNS = {"unit_number": "VARCHAR", "parent_unit_number": "VARCHAR", "kind": "VARCHAR", "display_name": "VARCHAR"}
_EMPLOYEE_COLUMNS = {
    "staff_number": "VARCHAR", "display_name": "VARCHAR", "unit_number": "VARCHAR", "post_code": "VARCHAR",
    "post_name": "VARCHAR", "phone": "VARCHAR", "email": "VARCHAR", "state": "VARCHAR", "hire_date": "DATE", "leave_date": "DATE",
}  # fmt: skip
_PARTY_COLUMNS = {"party": "VARCHAR", "place": "BIGINT", "places": "BIGINT", "display_name": "VARCHAR"}

_POSTS = {
    "relationship_manager": ("KHJL", "客户经理"),
    "branch_manager": ("HZ", "行长"),
    "performance_analyst": ("KHG", "考核岗"),
    "auditor": ("SJ", "审计岗"),
    "operator": ("YW", "运维岗"),
    "user_administrator": ("YHGL", "用户管理岗"),
    "data_steward": ("SJGL", "客户数据管理岗"),
    "feed_operator": ("SJJR", "数据接入岗"),
    "product_manager": ("CPJL", "产品经理"),
}
# Who has just come, and has no sign-in yet.
_NEW = {"200081": "E01", "300081": "W02", "300082": "W03", "400081": "S04"}
_NEW_SINCE_DAYS = 690

_MERCHANTS = (
    "家和超市", "四季便利", "云上咖啡", "百味餐厅", "悦享影城", "安行加油站", "康民药房", "时尚百货", "书香书店", "乐购网络商城",
    "速达外卖", "畅行网约车", "美家家居", "童年玩具", "数码天地", "清风洗衣", "健动健身", "花语花店", "远途旅行社", "汇鲜生鲜",
)  # fmt: skip
_UTILITIES = ("城市自来水公司", "市供电公司", "城市燃气公司", "通信服务公司", "物业服务中心", "有线电视网络公司")
_ABROAD = (
    "Harbour Trading Ltd", "Nordlicht Maschinen GmbH", "Pacific Parts Inc", "Sakura Denki KK", "Lion Rock Textiles Ltd",
    "Alpine Instruments AG", "Maple Foods Corp", "Thames Chemicals plc", "Iberia Componentes SA", "Lotus Electronics Pte Ltd",
)  # fmt: skip
_PARTIES_DRAWN = 120


def seed_tables(connection: DuckDBPyConnection, bank: Bank, customers: int, first: date) -> None:
    """Makes the tables `customers`, `org_units`, `employees` and `counterparties`."""
    organisation = bank.organisation
    _table(connection, "customers", _CUSTOMER_COLUMNS)
    units = _unit_codes(organisation)
    staff = {person.person_id: person.staff_number for person in organisation.people}
    for start in range(0, customers, CUSTOMERS_AT_ONCE):
        made = bank.customers.between(start, min(start + CUSTOMERS_AT_ONCE, customers))
        rows = (_customer(index, each, units, staff) for index, each in enumerate(made, start + 1))
        _fill(connection, "customers", _CUSTOMER_COLUMNS, rows)
    _table(connection, "org_units", _UNIT_COLUMNS)
    _fill(connection, "org_units", _UNIT_COLUMNS, _units(organisation, units))
    _table(connection, "employees", _EMPLOYEE_COLUMNS)
    _fill(connection, "employees", _EMPLOYEE_COLUMNS, _employees(bank, units, first))
    _table(connection, "counterparties", _PARTY_COLUMNS)
    _fill(connection, "counterparties", _PARTY_COLUMNS, _counterparties(bank.seed))


def _table(connection: DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{column} {type_}' for column, type_ in columns.items())})")


def _fill(connection: DuckDBPyConnection, name: str, columns: dict[str, str], rows: Iterable[tuple[Any, ...]]) -> None:
    import pyarrow as pa

    rows = list(rows)
    arrow_types = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "DATE": pa.date32()}
    arrays = [pa.array([row[place] for row in rows], type=arrow_types[type_]) for place, type_ in enumerate(columns.values())]
    connection.register("arriving", pa.table(arrays, names=list(columns)))
    connection.execute(f"INSERT INTO {name} SELECT * FROM arriving")  # noqa: S608 - the name is one of ours
    connection.unregister("arriving")


def _customer(index: int, customer: BankCustomer, units: dict[str, str], staff: dict[str, str]) -> tuple[Any, ...]:
    record = customer.record
    kind, identifier = _identifier(customer)
    address = record["addresses"][0]
    return (
        index,
        customer.customer_number,
        customer.kind.name,
        int(customer.tier),
        record["state"].removeprefix("CUSTOMER_STATE_"),
        units[customer.organisation_path],
        staff[customer.lead_person_id],
        customer.display_name,
        kind,
        identifier,
        customer.phone,
        address["line"],
        date.fromisoformat(record["birth_or_founding_date"]),
        record.get("industry_code") or None,
    )


def _identifier(customer: BankCustomer) -> tuple[str | None, str | None]:
    if customer.identifier:
        return ("RESIDENT_ID" if customer.kind == Kind.RETAIL else "UNIFIED_SOCIAL_CREDIT_CODE"), customer.identifier
    others = customer.record.get("other_identifiers", ())
    return ("PASSPORT", others[0]["number"]) if others else (None, None)


def _unit_codes(organisation: Organisation) -> dict[str, str]:
    return {unit.path: unit.code for unit in organisation.units}


def _units(organisation: Organisation, units: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for unit in organisation.units:
        yield unit.code, units.get(unit.parent_path), unit.kind.upper(), unit.display_name


def _employees(bank: Bank, units: dict[str, str], first: date) -> Iterator[tuple[Any, ...]]:
    roles = {post.person_id: post.role for post in bank.organisation.posts}
    for person in bank.organisation.people:
        hired = date(2012, 1, 1) + timedelta(days=Draw(bank.seed, f"hired/{person.staff_number}").below(4_000))
        post = _POSTS[roles[person.person_id]]
        yield _employee(person.staff_number, person.display_name, units[person.organisation_path], post, hired, None)
    # The books' `former_managers` are the same people.
    for each in bank.organisation.former_managers:
        unit, left = units[each.person.organisation_path], first + timedelta(each.left_after_days)
        yield _employee(
            each.person.staff_number, each.person.display_name, unit, _POSTS["relationship_manager"], date(2015, 3, 2), left
        )
    for staff_number, unit in _NEW.items():
        name = chinese_name(Draw(bank.seed, f"new/{staff_number}"), male=False).display
        since = first + timedelta(days=_NEW_SINCE_DAYS)
        yield _employee(staff_number, name, unit, _POSTS["relationship_manager"], since, None)


def _employee(staff_number: str, name: str, unit: str, post: tuple[str, str], hired: date, left: date | None) -> tuple[Any, ...]:
    mail = f"{staff_number}@bank.example.com"
    return staff_number, name, unit, *post, f"8{staff_number}", mail, "ACTIVE", hired, left


def _counterparties(seed: int) -> Iterator[tuple[Any, ...]]:
    drawn = range(_PARTIES_DRAWN)
    names = {
        "merchant": _MERCHANTS,
        "utility": _UTILITIES,
        "abroad": _ABROAD,
        "employer": [company_name(Draw(seed, f"employer/{place}"), BRANCHES[place % 3].city).display for place in drawn],
        "company": [company_name(Draw(seed, f"company/{place}"), BRANCHES[place % 3].city).display for place in drawn],
        "person": [chinese_name(Draw(seed, f"payee/{place}"), male=bool(place % 2)).display for place in drawn],
    }
    for party, each in names.items():
        yield from ((party, place, len(each), name) for place, name in enumerate(each))
