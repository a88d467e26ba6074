"""The rules of Pledge, pure: standard library only, and every function that needs the time takes it as ``now``."""
