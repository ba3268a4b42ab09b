"""What data looks like: tables, columns, keys, references, currencies, standings before."""
