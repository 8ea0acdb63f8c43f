"""Expressions, written once in Ibis, and what computes them: DuckDB inside the process, or a Spark cluster."""
