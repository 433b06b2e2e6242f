"""Nodes that read and clean text."""
