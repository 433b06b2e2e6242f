"""Questions of a person who looks around: lines, series, traces, calls; each is answered by one query or two."""
