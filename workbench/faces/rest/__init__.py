"""The local HTTP server that holds the app and the API."""
