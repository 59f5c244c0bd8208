"""Simulated providers and a traffic player, both over real HTTP on loopback."""
