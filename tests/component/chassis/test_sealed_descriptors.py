"""What an engine opens of sealed files is closed again: a bank has thousands of datasets, a process thousands of descriptors."""

from datetime import date
from pathlib import Path

import pytest

from services.chassis import keys
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS


@pytest.fixture
def lake(tmp_path):
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    return Lake(tmp_path / "lake")


def test_reading_sealed_datasets_leaves_no_descriptor_open(lake):
    schema = SCHEMAS["employees"]
    assert schema.personal
    values = {"staff_number": "i::VARCHAR", "display_name": "'x'", "unit_number": "'1'", "state": "'ACTIVE'"}
    query = "SELECT " + ", ".join(f"{values.get(name, 'NULL')} AS {name}" for name in schema.names) + " FROM range(3) t(i)"
    pins = [Pin("hr.employees", "employees", "hr", date(2026, 11, day), 1) for day in range(1, 21)]
    with lake.connection() as connection:
        for pin in pins:
            lake.write(connection, query, schema, pin)
        before = descriptors()
        for _ in range(3):
            assert lake.relation(connection, schema, pins).aggregate("count(*)").fetchall() == [(60,)]
        # A few may be in use until the engine reads the next ones.
        assert descriptors() <= before + len(pins)
    assert descriptors() <= before


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))
