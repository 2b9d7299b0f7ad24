"""One module per command of ``kbn-schema``, and what they share."""
