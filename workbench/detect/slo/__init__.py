"""Service-level objectives: read them, compute their error budgets on the workspace's telemetry, alert, export."""
