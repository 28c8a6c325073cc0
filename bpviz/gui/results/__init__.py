"""How good a network is, drawn: tables, curves, bars and pictures of its results."""
