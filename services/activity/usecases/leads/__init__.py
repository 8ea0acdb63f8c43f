"""Leads: captured, dealt out, followed, and made opportunities."""
