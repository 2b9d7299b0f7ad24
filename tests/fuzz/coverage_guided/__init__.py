"""Coverage-guided runs: libFuzzer, by way of atheris, looks for bytes that reach something new.

``python -m tests.fuzz.coverage_guided TARGET --seconds 600`` runs a target; see ``--help``.
"""
