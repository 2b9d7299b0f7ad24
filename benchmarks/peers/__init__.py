"""The libraries that are compared: a module each, with a function for each schema of `workloads`."""
