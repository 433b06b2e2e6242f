"""How a flow runs: child processes, intake with acknowledgement, stopping, exit reasons."""
