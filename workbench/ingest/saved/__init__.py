"""Reads the texts that a person on call saves: what kubectl, Loki, Tempo, Prometheus and the like printed."""
