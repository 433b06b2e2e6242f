"""The pages for looking around: logs, metrics, traces, services, SQL. Their whole state is in the address."""
