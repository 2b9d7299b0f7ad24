"""The JSON Schema Test Suite, asked of schemas that are made of its documents."""
