"""The special views that lessons open."""
