"""The reference of combinators, issues and commands, generated from the code and its docstrings.

``python -m tests.reference --write`` writes what stands between markers in the pages, ``--check`` tells what
is stale. What is written by hand around the markers stays.
"""
