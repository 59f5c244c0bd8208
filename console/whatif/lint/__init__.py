"""All of lint: what a table says by itself, and what its traffic says of it."""
