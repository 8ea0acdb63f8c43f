"""Deals that teams bring in: opened, compared, proposed, decided, and shared by what was decided."""
