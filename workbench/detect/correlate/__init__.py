"""Correlation: which signals are one, which belong together, by built-in knowledge and by rules that a user writes."""
