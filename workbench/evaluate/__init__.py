"""How good the answers are: labelled folders and simulated faults, beside other methods, with intervals."""
