"""Files of telemetry into the store: formats, profiles, rejected rows."""
