"""Small networks in machine code: whole epochs without a call per layer, and without the GIL."""
