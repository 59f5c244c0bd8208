"""route-console: an explicit routing table for LLM requests, carried out, logged and explained."""

__version__ = "0.1.0"
