"""How telemetry that other tools send or write becomes rows of the workspace's tables, record by record."""
