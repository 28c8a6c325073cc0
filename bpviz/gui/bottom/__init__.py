"""The card below the network: tabs that explain, compare and check."""
