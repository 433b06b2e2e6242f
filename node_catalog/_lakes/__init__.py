"""What the sources and sinks of lakes share: tables that are made of files and have versions."""
