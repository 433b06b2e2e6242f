"""One module per layout of files: from raw rows to the rows of a table."""
