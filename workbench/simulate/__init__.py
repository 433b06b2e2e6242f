"""A shop of services that breaks on demand, with logs, spans and metrics that agree."""
