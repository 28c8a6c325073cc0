"""Trained networks to and from files: neutral records in between, one registry each way."""
