"""What is computed over published datasets: SQL for the columnar engine, which nothing here holds in memory row by row."""
