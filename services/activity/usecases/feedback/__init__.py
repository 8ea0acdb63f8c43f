"""Feedback: recorded with the customer's words, routed, answered, told to the customer, closed; and what is wanted most."""
