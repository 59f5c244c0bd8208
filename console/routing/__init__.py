"""Facts, conditions, the compiled router, the decision and its explanation."""
