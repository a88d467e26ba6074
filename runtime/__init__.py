"""The embedded servers of `make run` and of the tests, and their supervisor."""
