"""Nodes that write."""
