"""Visit cycles 拜访周期: who is due when, the visits proposed for a week, and what becomes of them."""
