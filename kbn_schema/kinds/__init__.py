"""One file per kind of schema. `kbn_schema.schema` is the list of them."""
