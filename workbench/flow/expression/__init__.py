"""A small language of computations over columns, such as `duration_ms / 1000` or `lower(level) == "error"`.

`tokens` and `parser` read it, `analysis` finds what does not fit, `compiler` makes Pathway expressions, `assist` helps
an editor. Names are columns; nothing is evaluated as Python. docs/expressions.md has the whole language.
"""
