"""Investigations as LangGraph graphs: every step persisted, and a rule beside every model."""
