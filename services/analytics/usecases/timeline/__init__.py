"""A customer's timeline: what moved in its accounts and what happened beside that, on one axis."""
