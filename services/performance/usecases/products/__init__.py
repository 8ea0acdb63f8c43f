"""The product catalogue, as product managers write, decide and read it."""
