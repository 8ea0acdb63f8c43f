"""What is asked of datasets: nothing here writes."""
