"""Draws what a finding saw: pictures of numbers and small tables."""
