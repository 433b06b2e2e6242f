"""Pure algorithms on series and log lines; numpy only, no I/O."""
