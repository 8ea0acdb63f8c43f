"""The bank's books: accounts and all that happens on them, made in columns from the seed; who leaves and why is kept apart."""
