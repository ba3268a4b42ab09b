"""Wires everything, so it knows everything: settings, addresses, workers."""
