"""The catalogue: one YAML file for each vendor, and its loader."""
