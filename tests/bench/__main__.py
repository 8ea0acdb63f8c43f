"""`make bench`: every figure that the README states, measured in one run on one machine."""

import os

from rich.console import Console

from tests.bench import (
    contacts,
    departures,
    events,
    feeds,
    figures,
    gateway,
    insight,
    page,
    portfolio,
    results,
    row_stores,
)

console = Console(width=130, highlight=False)
console.print(f"{os.cpu_count()} cores")
gateway.run(console)
events.run(console)
portfolio.run(console)
contacts.run(console)
feeds.run(console)
figures.run(console)
results.run(console)
row_stores.run(console)
insight.run(console)
departures.run(console)
page.run(console)
