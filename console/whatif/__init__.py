"""Deciding logged requests again: under another table, under other overrides, or as it was."""
