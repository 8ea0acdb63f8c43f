"""The performance service 业绩: what each relationship manager earned the bank, whose it is, and how a team shares it."""
