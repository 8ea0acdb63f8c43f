"""Contacts: recorded, planned, done, corrected, cancelled, told to others, listed, and taken over from other systems."""
