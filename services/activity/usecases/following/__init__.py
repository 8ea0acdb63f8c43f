"""Follows what other services announce: the bank's people, its customers, who looks after whom, and what becomes of a record."""
