"""What the sinks of vector stores share: points made of rows, replaced by their key."""
