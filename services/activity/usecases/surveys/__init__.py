"""Surveys of satisfaction: templates, who is asked, by which way customers answer, and what the answers say."""
