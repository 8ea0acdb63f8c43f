"""What is computed from published datasets: nothing here writes to the database."""
