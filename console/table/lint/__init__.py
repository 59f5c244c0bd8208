"""Lint of a table by its text alone: what is allowed and yet hardly meant. Its findings' words."""
