"""Whose what is: the lines of shares, by which results are attributed."""
