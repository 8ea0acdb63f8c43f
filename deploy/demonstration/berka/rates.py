"""What a crown is worth where the bank's results are in yuan: one rate, stated, for all days.

The data set has none. It is near what both currencies were to the dollar in 1993 (29 crowns, 5.8 yuan), and the same on each day:
results move by what the clients did alone. Where results are in crowns none is needed; in any other currency none is stated, and
results tell CURRENCY_WITHOUT_RATE.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

FEED = "berka.exchange-rates"
FIRST_DAY = "1993-01-01"
CROWN = "CZK"
# By the currency of results.
RATES: Mapping[str, str] = {"CNY": "0.2"}
_COLUMNS = ("business_date", "currency_code", "quote_currency_code", "exchange_rate")


def write_rates(home_currency_code: str, folder: Path) -> dict[str, Path]:
    """Writes the rate as the file of its feed; answers it by feed, or nothing where none is stated."""
    rate = RATES.get(home_currency_code)
    if rate is None:
        return {}
    path = folder / "exchange_rates.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerows((_COLUMNS, (FIRST_DAY, CROWN, home_currency_code, rate)))
    return {FEED: path}
