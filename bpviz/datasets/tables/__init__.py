"""People's own tables: read from files or pasted text, understood, and turned into samples."""
