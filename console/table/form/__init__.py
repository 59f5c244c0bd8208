"""One entry of a table as a form: its fields, and what a field says as part of the text."""
