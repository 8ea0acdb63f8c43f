"""Claims: made, decided, taken over, listed; and the pool of what nobody claims."""
