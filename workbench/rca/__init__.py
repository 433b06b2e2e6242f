"""From incident to cause: evidence, ranking, verdict, onset, timeline."""
