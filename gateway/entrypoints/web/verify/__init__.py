"""The public verification page: a file, or a printed code, in; a report out. Nothing is kept."""
