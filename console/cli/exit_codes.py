"""What a command's exit code says."""

FINE = 0
FELL_SHORT = 1
"""The thing checked fell short: a table with errors, a failing test, a broken line."""
COULD_NOT_RUN = 2
"""The command could not be run: wrong usage, a missing file, a port in use, no terminal."""
