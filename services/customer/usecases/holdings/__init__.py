"""Answers what customers hold: single holdings, totals, what falls due, and days of balances."""
