"""A bank that has run since before the whole record comes to it with nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime

import alembic.command
import pytest
from sqlalchemy import text
from stdnum.cn import ric

from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.scope import WHOLE_BANK, announce_scope
from services.chassis.db.session import Database
from services.chassis.kernel.caller import NOBODY
from services.customer.model.customer import Customer
from services.customer.model.key import CustomerKey, identifier_key, key_index
from services.customer.usecases.keeping import keep

CREDIT_CODE = "91110000600037341L"
BEFORE = """
INSERT INTO customers (customer_id, customer_number, kind, display_name, identifier, identifier_index, phone, tier, state,
    lead_person_id, organisation_path, create_time, update_time, version)
VALUES (:id, :number, :kind, :name, :identifier, :index, :phone, 1, 1, 'p', '/HO/', :now, :now, 1)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    url = f"sqlite:///{tmp_path}/customer.db" if request.param == "sqlite" else request.getfixturevalue("new_postgresql_url")()
    engine = create_engine(url)
    yield engine
    engine.dispose()


def upgrade_to(engine, revisions):
    config = migrations._config("services.customer")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        for revision in revisions:
            alembic.command.upgrade(config, revision)


def before(connection, customer_id, kind, name, identifier, phone=""):
    data_keys = keys.data_keys()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    values = {
        "id": customer_id,
        "number": customer_id,
        "kind": kind,
        "name": name,
        "index": None,
        "identifier": None,
        "phone": None,
    }
    values["now"] = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if connection.dialect.name == "sqlite" else now
    if identifier:
        values["identifier"] = data_keys.encrypt("customer.identifier", identifier)
        values["index"] = data_keys.blind_index("customer.identifier", identifier)
    if phone:
        values["phone"] = data_keys.encrypt("customer.phone", phone)
    connection.execute(text(BEFORE), values)


def test_records_of_before_have_their_keys_kinds_and_readings(engine):
    upgrade_to(engine, ["customer_0001"])
    id_card = "11010519491231002X"
    assert ric.is_valid(id_card)
    with engine.begin() as connection:
        before(connection, "a", 1, "单雪", id_card, "138 1234 5678")
        before(connection, "b", 2, "重庆银行", CREDIT_CODE)
        # Two kinds of customers could have one number.
        before(connection, "c", 3, "重庆银行", CREDIT_CODE)
        before(connection, "d", 1, "José", "")
    migrations.migrate(engine, "services.customer")
    with Database(engine, "customer").transaction() as work:
        announce_scope(work.session.connection(), WHOLE_BANK, NOBODY)
        records = {record.customer_id: record for record in work.session.query(Customer)}
        assert {k: (r.identifier, r.identifier_kind, r.pinyin, r.phone) for k, r in records.items()} == {
            "a": (id_card, 1, "shan xue", "138 1234 5678"),
            "b": (CREDIT_CODE, 3, "chong qing yin hang", None),
            "c": (CREDIT_CODE, 3, "chong qing yin hang", None),
            "d": (None, 0, "jose", None),
        }
        found = {(key.customer_id, key.name, key.value_index, key.exclusive) for key in work.session.query(CustomerKey)}
        code_key = identifier_key(3)
        assert found == {
            ("a", identifier_key(1), key_index(identifier_key(1), id_card), True),
            ("a", "phone", key_index("phone", "+8613812345678"), False),
            ("b", code_key, key_index(code_key, CREDIT_CODE), True),
            ("c", code_key, key_index(code_key, CREDIT_CODE), False),
        }
        # What was so before stays possible.
        keep(work, list(records.values()))
