"""Nodes that notice trouble."""
