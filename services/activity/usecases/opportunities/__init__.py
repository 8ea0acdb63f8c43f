"""Opportunities: opened, moved through their pipeline, won or lost; what was done for them, and what history says of them."""
