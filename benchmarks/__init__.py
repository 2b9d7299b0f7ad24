"""How fast, how big, how even: one module a question, see ``python -m benchmarks --help``."""
