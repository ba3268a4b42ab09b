"""Engines that run plans: fact by fact in Python (exact, traceable), DuckDB in bulk.

All give the same answer; which one runs is a matter of how many facts there are.
"""
