"""Charts by theme: frame in, matplotlib Figure out."""
