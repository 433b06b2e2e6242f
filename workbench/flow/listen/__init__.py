"""How other programs send to a flow: servers on this machine with limits, a token and a bounded inbox."""
