"""The OpenAI-compatible gateway that carries a routing table out."""
