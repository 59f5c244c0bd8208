"""Edits of a table's text that change their own lines and nothing else."""
