"""Prepared results as they are read: one's own, a unit's, what they are made of, and who ranks where."""
