"""The traffic log: schema and migrations, writer, reader and tail. All SQL lives here."""
