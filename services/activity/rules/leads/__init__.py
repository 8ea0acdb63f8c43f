"""Leads and opportunities: what they can be, how leads are dealt out, how likely an opportunity is won."""
