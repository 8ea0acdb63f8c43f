"""Analyses: one look at all customers as of a business date, from pinned inputs."""
