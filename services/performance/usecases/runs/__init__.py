"""Runs: which months are stale, what they are computed from, their results, and the closing of months."""
