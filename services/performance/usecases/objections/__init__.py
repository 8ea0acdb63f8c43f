"""Objections to whose something is, and their adjudication."""
