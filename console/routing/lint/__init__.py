"""Lint that proves: which rules can be reached, with requests that the router itself confirms."""
