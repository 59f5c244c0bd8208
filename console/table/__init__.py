"""The routing table as a document: its model, loading with positions, and its problems."""
