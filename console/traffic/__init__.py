"""The traffic log: schema and migrations, the writer, the reader and the tail. All SQL lives here."""
