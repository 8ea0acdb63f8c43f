"""How well leaving is foreseen on data that nobody here wrote, and on the demonstration bank, whose truth is known."""
