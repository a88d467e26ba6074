"""The HTTP door: REST and the screens."""
