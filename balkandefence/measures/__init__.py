"""Measures by theme: frame in, number or frame out; pure."""
