"""The public verbs: one typed function each, offered by every face."""
