"""SQL over tables that change: a SELECT becomes the same operations that the table nodes are made of.

`read` parses (with sqlglot), `values` turns SQL's expressions into ours, `query` builds tables. docs/sql.md says what
there is, and what a query over a stream means.
"""
