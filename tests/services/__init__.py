"""Real servers for tests: private, on free ports of 127.0.0.1, ended by their process id. See `make test-services`."""
