"""How a verdict was reached: the reasoning in words, what moved when, a ledger."""
