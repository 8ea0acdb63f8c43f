"""Learning from the bank's own past who leaves: estimators, and what they are measured by."""
