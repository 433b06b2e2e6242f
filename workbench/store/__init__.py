"""All state, in DuckDB: connection, owner, migrations, one module per subject."""
