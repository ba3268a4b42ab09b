"""Standings: tiers qualified for and held, gaps, movement, what-if, history."""
