"""Echelon, the platform around the rule engine."""
