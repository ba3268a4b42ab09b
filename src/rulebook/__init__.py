"""The rule engine: program and facts in; tiers, gaps, reasons out. No clock, no web, no print."""
