"""What `bpviz bench` measures without a window: one thing per file, each a program of its own."""
