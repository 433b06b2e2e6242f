"""Nodes that shape tables."""
