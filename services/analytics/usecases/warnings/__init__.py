"""Warnings: raised by an analysis, worked on by people, measured by what happened."""
