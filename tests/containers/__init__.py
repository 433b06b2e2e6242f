"""Exported flows in real containers; only `make test-containers` runs these."""
