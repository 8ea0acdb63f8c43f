"""The datasets: immutable Parquet under one root, pinned by revision, read and written through DuckDB."""
