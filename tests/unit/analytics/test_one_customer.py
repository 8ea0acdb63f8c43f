"""One customer's rows are found in files of many, whichever part of a file they are in."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.analytics.engine.one_customer import rows_of


def write(path, numbers, row_group_size=3, **options):
    table = pa.table({"customer_number": pa.array(numbers, pa.string()), "place": pa.array(range(len(numbers)), pa.int64())})
    pq.write_table(table, path, row_group_size=row_group_size, **options)
    return path


def places(path, *numbers):
    return rows_of([path], numbers, ["place"]).column("place").to_pylist()


@pytest.mark.parametrize("noted", [True, False])
def test_each_customers_rows_are_found_and_nobody_elses(tmp_path, noted):
    # Some span two row groups, some several, some end one; numbers sort as texts.
    numbers = ["1", "10", "10", "10", "10", "2", "3", "3", "3", "3", "3", "3", "3", "4", "客1", "客2"]
    path = write(tmp_path / "rows.parquet", numbers, write_statistics=noted)
    for number in {*numbers, "0", "11", "35", "客3", ""}:
        assert places(path, number) == [place for place, each in enumerate(numbers) if each == number]
    assert places(path, "4", "1", "nobody") == [0, 13]


def test_files_are_read_in_their_order(tmp_path):
    paths = [write(tmp_path / f"{name}.parquet", ["a", "b"]) for name in ("first", "second", "third")]
    write(paths[1], ["b", "c", "c"])
    assert rows_of(paths, ["b"], ["place", "customer_number"]).to_pydict() == {
        "place": [1, 0, 1],
        "customer_number": ["b", "b", "b"],
    }


def test_of_a_file_without_rows_there_are_none(tmp_path):
    path = write(tmp_path / "none.parquet", [])
    assert places(path, "a") == []
    assert rows_of([path], [], ["place"]).column_names == ["place"]
