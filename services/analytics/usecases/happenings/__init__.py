"""What happens around customers, by what other services tell of it: kept as rows that can be counted."""
