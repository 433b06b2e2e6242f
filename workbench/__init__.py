"""Causeway's Python door: open a workspace, call its tools, look at incidents."""
