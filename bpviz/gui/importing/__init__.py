"""The parts of the import dialog: the preview, its columns, and the choices beside it."""
