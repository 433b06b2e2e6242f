"""What the sources and sinks of one database share: how to connect, and how it writes what all have."""
