"""The platform's speed: pages, levelling, loading and the trail, on a database of its own.

`python -m benchmarks platform` measures a small vendor, `--size 1M` one of 10,000 partners with a
million lines of sales. Each database is measured by a process of its own.
"""
