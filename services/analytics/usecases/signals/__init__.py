"""Signals: the rules in force, what analyses see by them, and how often it came true."""
