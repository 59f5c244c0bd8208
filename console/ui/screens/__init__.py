"""The places of the console, one file each with its style sheet beside it."""
