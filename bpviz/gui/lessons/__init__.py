"""Guided lessons: a card beside the network that says what to do and sees that it is done."""
