"""Known failure modes: what a runbook says to look for, matched against telemetry and said in one sentence."""
