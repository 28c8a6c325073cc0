"""What a command says when it cannot do what it was asked for."""


class Failure(Exception):
    """What was asked for is right, but it could not be done."""
