"""Measurements that stand beside other people's work: ``python -m bench.NAME`` prints one table in one run."""
