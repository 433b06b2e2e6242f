"""The first schema, as it was shipped. Frozen text: later changes are migrations of their own.

The telemetry tables carry no key and no index: they are only appended to and scanned. Tables that are upserted have a
primary key and no other index, because DuckDB's upsert may leave other indexed columns behind (duckdb#20952).
"""

from __future__ import annotations

MIGRATIONS_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_unix_nano BIGINT NOT NULL)
"""

GROUND = (
    """
CREATE TABLE logs (
  row_id BIGINT, source_id BIGINT, source_line BIGINT, time_unix_nano BIGINT, service_name VARCHAR,
  service_instance_id VARCHAR, host_name VARCHAR, severity_number INTEGER, severity_text VARCHAR, body VARCHAR,
  trace_id VARCHAR, span_id VARCHAR, template_id VARCHAR, attributes VARCHAR)
""",
    """
CREATE TABLE spans (
  row_id BIGINT, source_id BIGINT, source_line BIGINT, start_time_unix_nano BIGINT, end_time_unix_nano BIGINT,
  trace_id VARCHAR, span_id VARCHAR, parent_span_id VARCHAR, service_name VARCHAR, service_instance_id VARCHAR,
  host_name VARCHAR, span_name VARCHAR, span_kind VARCHAR, status_code VARCHAR, status_message VARCHAR,
  peer_service_name VARCHAR, attributes VARCHAR)
""",
    """
CREATE TABLE metrics (
  row_id BIGINT, source_id BIGINT, source_line BIGINT, time_unix_nano BIGINT, metric_name VARCHAR, statistic VARCHAR,
  service_name VARCHAR, service_instance_id VARCHAR, host_name VARCHAR, peer_service_name VARCHAR, value DOUBLE,
  unit VARCHAR, attributes VARCHAR)
""",
    """
CREATE TABLE events (
  row_id BIGINT, source_id BIGINT, source_line BIGINT, time_unix_nano BIGINT, event_name VARCHAR,
  service_name VARCHAR, service_instance_id VARCHAR, summary VARCHAR, attributes VARCHAR)
""",
    """
CREATE TABLE edges (
  row_id BIGINT, source_id BIGINT, source_line BIGINT, caller_service_name VARCHAR, callee_service_name VARCHAR)
""",
    """
CREATE TABLE sources (
  source_id BIGINT PRIMARY KEY, kind VARCHAR NOT NULL, uri VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
  scope VARCHAR NOT NULL, role VARCHAR NOT NULL, profile VARCHAR NOT NULL, rows VARCHAR NOT NULL,
  rejected BIGINT NOT NULL, imported_unix_nano BIGINT NOT NULL, finished BOOLEAN NOT NULL, session BIGINT NOT NULL)
""",
    "CREATE TABLE rejected (source_id BIGINT, uri VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR)",
    """
CREATE TABLE anomalies (
  anomaly_id VARCHAR PRIMARY KEY, detector VARCHAR NOT NULL, kind VARCHAR NOT NULL, service_name VARCHAR NOT NULL,
  time_unix_nano BIGINT NOT NULL, score DOUBLE NOT NULL, value DOUBLE, expected DOUBLE, summary VARCHAR NOT NULL,
  scope VARCHAR NOT NULL, incident_id VARCHAR NOT NULL)
""",
    """
CREATE TABLE incidents (
  incident_id VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, kind VARCHAR NOT NULL, state VARCHAR NOT NULL,
  severity VARCHAR NOT NULL, service_name VARCHAR NOT NULL, opened_unix_nano BIGINT NOT NULL,
  updated_unix_nano BIGINT NOT NULL, anomaly_count BIGINT NOT NULL, scope VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL)
""",
    """
CREATE TABLE incident_moves (
  incident_id VARCHAR NOT NULL, from_state VARCHAR NOT NULL, to_state VARCHAR NOT NULL,
  moved_unix_nano BIGINT NOT NULL, why VARCHAR NOT NULL)
""",
    """
CREATE TABLE evidence (
  evidence_id VARCHAR PRIMARY KEY, incident_id VARCHAR NOT NULL, evidence VARCHAR NOT NULL, sql VARCHAR NOT NULL,
  parameters VARCHAR NOT NULL, row_ids BIGINT[] NOT NULL, sha256 VARCHAR NOT NULL, stored_unix_nano BIGINT NOT NULL)
""",
    "CREATE TABLE diagnoses (incident_id VARCHAR PRIMARY KEY, diagnosis VARCHAR NOT NULL, stored_unix_nano BIGINT)",
    """
CREATE TABLE steps (
  investigation_id VARCHAR NOT NULL, seq INTEGER NOT NULL, incident_id VARCHAR NOT NULL, name VARCHAR NOT NULL,
  started_unix_nano BIGINT NOT NULL, seconds DOUBLE NOT NULL, summary VARCHAR NOT NULL, status VARCHAR NOT NULL,
  PRIMARY KEY (investigation_id, seq))
""",
    """
CREATE TABLE checkpoints (
  thread_id VARCHAR NOT NULL, checkpoint_ns VARCHAR NOT NULL, checkpoint_id VARCHAR NOT NULL,
  parent_checkpoint_id VARCHAR, type VARCHAR NOT NULL, checkpoint BLOB NOT NULL, metadata VARCHAR NOT NULL,
  PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id))
""",
    """
CREATE TABLE checkpoint_writes (
  thread_id VARCHAR NOT NULL, checkpoint_ns VARCHAR NOT NULL, checkpoint_id VARCHAR NOT NULL,
  task_id VARCHAR NOT NULL, idx INTEGER NOT NULL, channel VARCHAR NOT NULL, type VARCHAR NOT NULL,
  value BLOB NOT NULL, task_path VARCHAR NOT NULL,
  PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx))
""",
    """
CREATE TABLE reports (
  report_id VARCHAR PRIMARY KEY, incident_id VARCHAR NOT NULL, title VARCHAR NOT NULL,
  created_unix_nano BIGINT NOT NULL, folder VARCHAR NOT NULL, files VARCHAR NOT NULL, metadata VARCHAR NOT NULL)
""",
    """
CREATE TABLE runs (
  run_id VARCHAR PRIMARY KEY, flow_name VARCHAR NOT NULL, status VARCHAR NOT NULL, started_unix_nano BIGINT NOT NULL,
  ended_unix_nano BIGINT, exit_reason VARCHAR NOT NULL, rows_in BIGINT NOT NULL, rows_out BIGINT NOT NULL,
  rows_rejected BIGINT NOT NULL, error_node VARCHAR NOT NULL)
""",
    "CREATE TABLE run_errors (run_id VARCHAR, node VARCHAR, message VARCHAR, seen_unix_nano BIGINT)",
    "CREATE TABLE templates (system VARCHAR, template_id VARCHAR, template VARCHAR, PRIMARY KEY (system, template_id))",
    "CREATE TABLE states (name VARCHAR PRIMARY KEY, state VARCHAR NOT NULL, stored_unix_nano BIGINT NOT NULL)",
    "CREATE TABLE counters (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL)",
)
