"""What a notebook gets in hand: incidents, flows and runs as objects that show themselves and give their data."""
