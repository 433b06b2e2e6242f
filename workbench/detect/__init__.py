"""From signals to incidents: anomalies are found, grouped and moved through their states."""
