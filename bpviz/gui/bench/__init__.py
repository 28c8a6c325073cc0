"""What `bpviz bench` measures in the window: one thing per file, each a program of its own."""
