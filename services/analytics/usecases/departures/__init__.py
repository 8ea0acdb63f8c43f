"""Departures: who depends on whom, what would go, what is done about it, and what went."""
