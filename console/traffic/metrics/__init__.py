"""Figures over many requests: what they come to, and how far a sample can carry them."""
