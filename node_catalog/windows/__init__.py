"""Nodes that group by time."""
