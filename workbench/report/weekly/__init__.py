"""The weekly report: what happened, what came back, and whether more or less than chance explains it."""
