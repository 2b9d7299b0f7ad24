"""Types in TypeScript: `declarations` is the whole file, of `types` and `routes`; `text` tells texts."""
