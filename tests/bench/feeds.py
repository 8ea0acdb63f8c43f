"""Feeds: a delimited balance feed parsed, checked and published, beside pandas and a loop over the csv module.

All three land on the same: a Parquet file of exact minor units, keys unique, bad rows told. Each round runs in a process of its
own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROWS = 2_000_000
# The loop over the csv module takes its time; it gets a part of the file, and a rate is a rate.
ROWS_OF_LOOP = 200_000
# Larger than what the engine may hold in memory.
ROWS_OF_LARGE_FILE = 24_000_000
ROUNDS = 5
_ROWS_AT_A_TIME = 50_000

FEED = """
[feed]
name = "core.balances"
title = "Closing balances"
dataset = "balances"
source_system = "core"
[format]
kind = "delimited"
delimiter = "|"
header = false
columns = ["account", "currency", "balance", "available", "product", "unit", "rate"]
[date]
source = "run"
[columns]
account_number = { from = "account" }
currency_code = { from = "currency" }
balance_minor_units = { from = "balance" }
available_minor_units = { from = "available" }
product_code = { from = "product" }
unit_number = { from = "unit" }
interest_rate_e8 = { from = "rate" }
"""
_NAMES = ["account", "currency", "balance", "available", "product", "unit", "rate"]


def run(console: Console) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        path, part, large = (Path(folder) / name for name in ("balances.txt", "part.txt", "large.txt"))
        write(path, ROWS)
        write(part, ROWS_OF_LOOP)
        found: dict[str, list[dict[str, float]]] = {"workbench": [], "pandas": [], "csv loop": []}
        for _ in range(ROUNDS):
            for name, results in found.items():
                results.append(measured(name, part if name == "csv loop" else path))
        write(large, ROWS_OF_LARGE_FILE)
        table = Table("feed ingest", "rows", "rows/s (median)", "range", "CPU µs/row", "peak MB", "times", title="Feeds")
        base = statistics.median(result["rows_per_second"] for result in found["workbench"])
        for name, results in found.items():
            table.add_row(*_cells(name, results, base))
        table.add_row(*_cells(f"workbench, {large.stat().st_size / 2**30:.1f} GiB", [measured("workbench", large)], base))
        console.print(table)


def write(path: Path, rows: int) -> None:
    """A balance file of so many rows."""
    with path.open("wb") as file:
        for start in range(0, rows, _ROWS_AT_A_TIME):
            file.write(b"".join(map(_row, range(start, min(rows, start + _ROWS_AT_A_TIME)))))


def measured(name: str, path: Path) -> dict[str, float]:
    """One round in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.feeds", name, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return result


def _cells(name: str, results: list[dict[str, float]], base: float) -> list[str]:
    rates = [result["rows_per_second"] for result in results]
    middle = statistics.median(rates)
    cpu = statistics.median(result["cpu_us_per_row"] for result in results)
    peak = max(result["peak_mb"] for result in results)
    rows = f"{results[0]['rows']:,.0f}"
    spread = f"{min(rates):,.0f}-{max(rates):,.0f}"
    return [name, rows, f"{middle:,.0f}", spread, f"{cpu:.2f}", f"{peak:.0f}", f"{base / middle:.1f}"]


def _row(number: int) -> bytes:
    return b"6222%012d|CNY|%d.%02d|%d.%02d|P%03d|0%04d|3.45\n" % (
        number, number % 99_999, number % 100, number % 77_777, number % 100, number % 50, number % 300,
    )  # fmt: skip


def _by_workbench(path: Path, folder: Path) -> int:
    """From the file to the published dataset, all of it: landing sealed, the run, the event."""
    from tests.component.integration.feeds import DAY, Feeds

    feeds = Feeds(f"sqlite:///{folder}/integration.db", folder)
    feeds.define(FEED)
    with path.open("rb") as file:
        run = feeds.run_file("core.balances", file, day=DAY)
    feeds.engine.dispose()
    assert run.rows_published == run.rows_read, run.message
    return run.rows_read


def _by_pandas(path: Path, folder: Path) -> int:
    """As one writes it in pandas: text, exact minor units by digits, keys unique, Parquet."""
    import pandas as pd

    frame = pd.read_csv(path, sep="|", names=_NAMES, dtype=str, keep_default_na=False)
    out = pd.DataFrame({name: frame[name].str.strip() for name in ("account", "currency", "product", "unit")})
    bad = ~out["currency"].str.fullmatch("[A-Z]{3}")
    for name, digits in (("balance", 2), ("available", 2), ("rate", 6)):
        text = frame[name].str.strip()
        parts = text.str.extract(r"^(-?[0-9]+)(?:\.([0-9]*))?$")
        bad |= parts[0].isna()
        fraction = parts[1].fillna("")
        bad |= fraction.str.slice(digits).str.strip("0") != ""
        whole = parts[0].fillna("0") + fraction.str.slice(0, digits).str.ljust(digits, "0")
        out[name] = whole.astype("int64")
    bad |= out.duplicated(["account", "currency"], keep=False)
    out[~bad].to_parquet(folder / "out.parquet", compression="zstd")
    return len(frame)


def _by_loop(path: Path, folder: Path) -> int:
    """As one writes it row by row."""
    import csv
    from decimal import Decimal

    import pyarrow as pa
    import pyarrow.parquet

    seen: set[tuple[str, str]] = set()
    columns: dict[str, list[object]] = {name: [] for name in _NAMES}
    with path.open(encoding="utf-8", newline="") as file:
        for count, row in enumerate(csv.DictReader(file, _NAMES, delimiter="|"), 1):  # noqa: B007 - the last count is the answer
            key = (row["account"], row["currency"])
            if key in seen:
                continue
            seen.add(key)
            for name in ("account", "currency", "product", "unit"):
                columns[name].append(row[name].strip())
            for name, digits in (("balance", 2), ("available", 2), ("rate", 6)):
                scaled = Decimal(row[name].strip()).scaleb(digits)
                if scaled != scaled.to_integral_value():
                    raise ValueError(name)
                columns[name].append(int(scaled))
    pyarrow.parquet.write_table(pa.table(columns), folder / "out.parquet", compression="zstd")
    return count


def _main() -> None:
    import resource
    import time

    name, path = sys.argv[1], Path(sys.argv[2])
    work = {"workbench": _by_workbench, "pandas": _by_pandas, "csv loop": _by_loop}[name]
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        rows = work(path, Path(folder))
        seconds = time.monotonic() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = (usage.ru_utime + usage.ru_stime) / rows * 1e6
    print(json.dumps({"rows": rows, "rows_per_second": rows / seconds, "cpu_us_per_row": cpu, "peak_mb": usage.ru_maxrss / 1024}))


if __name__ == "__main__":
    _main()
