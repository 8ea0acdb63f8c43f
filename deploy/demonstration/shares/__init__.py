"""Whose the demonstration bank's results are: claims, hand-overs by those who left, objections, and how teams share their deals.

It follows from the seed, and goes in by the front door: as a data steward brings another system's history, and as people act.
"""
