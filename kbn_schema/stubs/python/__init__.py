"""Types in Python: `types` is the whole file, in the words of `spelling`; `imports` keeps names apart."""
