"""The migration scripts, applied by `storage.migrate`."""

from storage.migrate import upgrade

__all__ = ["upgrade"]
