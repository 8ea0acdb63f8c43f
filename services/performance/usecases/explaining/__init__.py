"""From any figure down to what it was made of, and the export by which somebody makes it himself."""
